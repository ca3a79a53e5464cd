//! example.lines in Rust, without a crate: counts the lines of a file in the workspace.
mod abi;

use abi::*;
use std::mem::size_of;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::null;

struct Fault {
    status: i32,
    code: &'static str,
    message: &'static str,
    hint: &'static str,
}

const BAD_PATH: Fault = Fault {
    status: E_INPUT,
    code: "example.path",
    message: "path must be relative and stay in the workspace",
    hint: "drop the leading '/' and every '..'",
};
const UNREADABLE: Fault = Fault {
    status: E_NOT_FOUND,
    code: "example.unreadable",
    message: "the file cannot be read",
    hint: "it must exist and be readable by you",
};

/// Reads the only form that the schema allows, {"path": "TEXT"}; a larger pack would use serde. The text must not
/// contain escapes.
fn path_of(json: &str) -> Option<&str> {
    let rest = json
        .trim()
        .strip_prefix('{')?
        .trim_start()
        .strip_prefix("\"path\"")?;
    let rest = rest
        .trim_start()
        .strip_prefix(':')?
        .trim_start()
        .strip_prefix('"')?;
    let (path, rest) = rest.split_once('"')?;
    (rest.trim() == "}" && !path.contains('\\')).then_some(path)
}

fn is_inside(path: &str) -> bool {
    !path.is_empty() && !path.starts_with('/') && path.split('/').all(|name| name != "..")
}

/// Ok is a status to end with: success, or what the host said.
unsafe fn count(call: &mut Call) -> Result<i32, Fault> {
    let host = &*call.host;
    let path = path_of(call.input.text())
        .filter(|path| is_inside(path))
        .ok_or(BAD_PATH)?;

    let argv = [view("wc"), view("-l"), view("--"), view(path)];
    let spawn = Spawn {
        struct_size: size_of::<Spawn>() as u32,
        flags: SPAWN_CAPTURE | SPAWN_READ_ONLY,
        argv: argv.as_ptr(),
        argc: argv.len(),
        env: null(),
        env_count: 0,
        inherit_env: null(),
        inherit_env_count: 0,
        cwd: EMPTY,
        stdin_parts: null(),
        stdin_part_count: 0,
        files: null(),
        file_count: 0,
        timeout_ms: 0,
        on_line: None,
        user: std::ptr::null_mut(),
    };
    let mut wc = SpawnResult {
        struct_size: size_of::<SpawnResult>() as u32,
        exit_code: 0,
        term_signal: 0,
        flags: 0,
        out: EMPTY,
        err: EMPTY,
    };
    let status = (host.spawn)(call, &spawn, &mut wc);
    if status != OK {
        return Ok(status); // the host has said why
    }
    if wc.exit_code != 0 {
        return Err(UNREADABLE);
    }
    // A tool that prints nonsense is a bug that we do not hide: the panic ends as HARBOR_E_INTERNAL.
    let lines: u64 = wc
        .out
        .text()
        .split_whitespace()
        .next()
        .unwrap()
        .parse()
        .unwrap();
    Ok((host.emit_output)(
        call,
        view(&format!("{{\"lines\": {lines}}}")),
    ))
}

/// The wall: no panic leaves the pack.
unsafe extern "C" fn execute(call: *mut Call) -> i32 {
    let fault = match catch_unwind(AssertUnwindSafe(|| count(&mut *call))) {
        Ok(Ok(status)) => return status,
        Ok(Err(fault)) => fault,
        Err(_) => Fault {
            status: E_INTERNAL,
            code: "example.panic",
            message: "example.lines_rust panicked",
            hint: "this is a bug: report it to the pack's author",
        },
    };
    let error = Error {
        struct_size: size_of::<Error>() as u32,
        flags: 0,
        code: view(fault.code),
        message: view(fault.message),
        hint: view(fault.hint),
        pointer: if fault.status == E_INTERNAL {
            EMPTY
        } else {
            view("/path")
        },
        detail: EMPTY,
    };
    ((*(*call).host).fail)(call, fault.status, &error)
}

static ACTION: Action = Action {
    struct_size: size_of::<Action>() as u32,
    flags: AF_IDEMPOTENT,
    effects: FX_READ_WORKSPACE | FX_EXEC,
    name: view("example.lines_rust"),
    doc: view("Counts the lines of a file in the workspace."),
    input_schema: view(
        r#"{"type": "object", "required": ["path"], "additionalProperties": false,
            "properties": {"path": {"type": "string", "description": "The file"}}}"#,
    ),
    output_schema: view(r#"{"type": "object", "properties": {"lines": {"type": "integer"}}}"#),
    requires_caps: EMPTY,
    provides_caps: EMPTY,
    validate: None,
    plan: None,
    execute: Some(execute),
    undo: None,
    status: None,
    user: std::ptr::null_mut(),
};

const fn failure(
    status: i32,
    code: &'static str,
    title: &'static str,
    why: &'static str,
) -> Failure {
    Failure {
        struct_size: size_of::<Failure>() as u32,
        status,
        code: view(code),
        title: view(title),
        explanation: view(why),
    }
}
static FAILURES: [Failure; 3] = [
    failure(
        E_INPUT,
        "example.path",
        "the path leaves the workspace",
        "Give a path below the project folder, without `..`.",
    ),
    failure(
        E_NOT_FOUND,
        "example.unreadable",
        "the file cannot be read",
        "It is missing, a folder, or not readable by you.",
    ),
    failure(
        E_INTERNAL,
        "example.panic",
        "the pack has a bug",
        "Report it to the pack's author.",
    ),
];

struct Pointers<T, const N: usize>([*const T; N]);
unsafe impl<T, const N: usize> Sync for Pointers<T, N> {}
static ACTION_LIST: Pointers<Action, 1> = Pointers([&ACTION]);
static FAILURE_LIST: Pointers<Failure, 3> = Pointers([&FAILURES[0], &FAILURES[1], &FAILURES[2]]);

static PLUGIN: Plugin = Plugin {
    struct_size: size_of::<Plugin>() as u32,
    abi_major: ABI_MAJOR,
    abi_minor: ABI_MINOR,
    id: view("com.example.lines_rust"),
    version: view("1.0.0"),
    vendor: view("Example"),
    license: view("Apache-2.0"),
    url: EMPTY,
    actions: ACTION_LIST.0.as_ptr(),
    action_count: 1,
    failures: FAILURE_LIST.0.as_ptr(),
    failure_count: 3,
};

/// # Safety
/// Called by the host, with its table.
#[no_mangle]
pub unsafe extern "C" fn harbor_plugin_entry_v1(host: *const Host) -> *const Plugin {
    std::panic::set_hook(Box::new(|_| {})); // of this pack alone: only the host prints
    if (*host).abi_major == ABI_MAJOR {
        &PLUGIN
    } else {
        null()
    }
}

/// The ELF note by which the host knows the ABI before any code runs.
#[used]
#[link_section = ".note.harbor"]
static NOTE: [u32; 9] = [
    7,
    16,
    1,
    u32::from_ne_bytes(*b"Harb"),
    u32::from_ne_bytes(*b"or\0\0"),
    ABI_MAJOR as u32,
    ABI_MINOR as u32,
    size_of::<*const u8>() as u32,
    0,
];
