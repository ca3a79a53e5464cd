// Making a change of several files real: as a whole, whenever the process or the machine ends.
#pragma once

#include "store/change_record.hpp"
#include "store/run_folder.hpp"

namespace harbor::store {

/// Within the staging folder, while a change is under way.
constexpr const char* change_record_name = "record";

/// Carries out `record.forward`; its files stand in `staging`, the staging folder beneath `root`,
/// the run folder. Of more than one file a record is on the disk before the first is touched. Where
/// a step fails everything is taken back, as far as `record.back` allows. Throws report::Error
/// H0705, or H0604 where a link is in the way. Names in the staging folder that are not needed any
/// more are removed; a warning where they could not.
[[nodiscard]] report::Diagnostics commit(const RunFolder& run, int root, int staging,
                                         const ChangeRecord& record);

/// Completes, or takes back, what a run that is gone had begun, and removes what it had staged.
/// Call it with the project's lock held and before anything else is written. Throws report::Error
/// H0604, H0705 or H0706; the next call tries again.
void recover(const RunFolder& run);

}  // namespace harbor::store
