//! harbor/plugin.h in Rust, as bindgen would write it. The assertions at the end hold the layout.
#![allow(dead_code)]

use std::ffi::c_void;
use std::mem::size_of;

pub const OK: i32 = 0;
pub const E_INPUT: i32 = 2;
pub const E_NOT_FOUND: i32 = 7;
pub const E_INTERNAL: i32 = 9;
pub const FX_READ_WORKSPACE: u64 = 1 << 0;
pub const FX_EXEC: u64 = 1 << 5;
pub const AF_IDEMPOTENT: u32 = 1 << 0;
pub const SPAWN_CAPTURE: u32 = 1 << 0;
pub const SPAWN_READ_ONLY: u32 = 1 << 2;
pub const ABI_MAJOR: u16 = 1;
pub const ABI_MINOR: u16 = 0;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    pub ptr: *const u8,
    pub len: usize,
}

pub const EMPTY: Str = Str {
    ptr: std::ptr::null(),
    len: 0,
};

/// A view; the caller keeps the text alive.
pub const fn view(text: &str) -> Str {
    Str {
        ptr: text.as_ptr(),
        len: text.len(),
    }
}

impl Str {
    /// # Safety
    /// The view must be one that the host handed out and that still lives.
    pub unsafe fn text(&self) -> &str {
        if self.len == 0 {
            return "";
        }
        std::str::from_utf8(std::slice::from_raw_parts(self.ptr, self.len)).unwrap_or("")
    }
}

#[repr(C)]
pub struct Error {
    pub struct_size: u32,
    pub flags: u32,
    pub code: Str,
    pub message: Str,
    pub hint: Str,
    pub pointer: Str,
    pub detail: Str,
}

#[repr(C)]
pub struct Failure {
    pub struct_size: u32,
    pub status: i32,
    pub code: Str,
    pub title: Str,
    pub explanation: Str,
}

pub type Op = unsafe extern "C" fn(*mut Call) -> i32;

#[repr(C)]
pub struct Action {
    pub struct_size: u32,
    pub flags: u32,
    pub effects: u64,
    pub name: Str,
    pub doc: Str,
    pub input_schema: Str,
    pub output_schema: Str,
    pub requires_caps: Str,
    pub provides_caps: Str,
    pub validate: Option<Op>,
    pub plan: Option<Op>,
    pub execute: Option<Op>,
    pub undo: Option<Op>,
    pub status: Option<Op>,
    pub user: *mut c_void,
}

#[repr(C)]
pub struct Plugin {
    pub struct_size: u32,
    pub abi_major: u16,
    pub abi_minor: u16,
    pub id: Str,
    pub version: Str,
    pub vendor: Str,
    pub license: Str,
    pub url: Str,
    pub actions: *const *const Action,
    pub action_count: usize,
    pub failures: *const *const Failure,
    pub failure_count: usize,
}

#[repr(C)]
pub struct Call {
    pub struct_size: u32,
    pub op: u32,
    pub attempt: u32,
    pub flags: u32,
    pub host: *const Host,
    pub action: *const Action,
    pub input: Str,
    pub state: Str,
    pub run_id: Str,
    pub step_id: Str,
    pub workspace: Str,
    pub run_dir: Str,
    pub deadline_ms: i64,
    pub opaque: *mut c_void,
}

#[repr(C)]
pub struct Part {
    pub text: Str,
    pub secret: Str,
}

#[repr(C)]
pub struct Var {
    pub name: Str,
    pub value: Part,
}

#[repr(C)]
pub struct File {
    pub parts: *const Part,
    pub part_count: usize,
}

#[repr(C)]
pub struct Spawn {
    pub struct_size: u32,
    pub flags: u32,
    pub argv: *const Str,
    pub argc: usize,
    pub env: *const Var,
    pub env_count: usize,
    pub inherit_env: *const Str,
    pub inherit_env_count: usize,
    pub cwd: Str,
    pub stdin_parts: *const Part,
    pub stdin_part_count: usize,
    pub files: *const File,
    pub file_count: usize,
    pub timeout_ms: i64,
    pub on_line: Option<unsafe extern "C" fn(*mut c_void, i32, Str)>,
    pub user: *mut c_void,
}

#[repr(C)]
pub struct SpawnResult {
    pub struct_size: u32,
    pub exit_code: i32,
    pub term_signal: i32,
    pub flags: u32,
    pub out: Str,
    pub err: Str,
}

pub type Use = unsafe extern "C" fn(*mut c_void, Str);

#[repr(C)]
pub struct Host {
    pub struct_size: u32,
    pub abi_major: u16,
    pub abi_minor: u16,
    pub version: Str,
    pub log: unsafe extern "C" fn(*mut Call, i32, Str, Str),
    pub progress: unsafe extern "C" fn(*mut Call, f64, Str),
    pub emit_output: unsafe extern "C" fn(*mut Call, Str) -> i32,
    pub emit_origin: unsafe extern "C" fn(*mut Call, Str, Str) -> i32,
    pub save_state: unsafe extern "C" fn(*mut Call, Str) -> i32,
    pub fail: unsafe extern "C" fn(*mut Call, i32, *const Error) -> i32,
    pub cancelled: unsafe extern "C" fn(*mut Call) -> i32,
    pub put_secret: unsafe extern "C" fn(*mut Call, Str, Str, *mut Str) -> i32,
    pub with_secret: unsafe extern "C" fn(*mut Call, Str, Use, *mut c_void) -> i32,
    pub spawn: unsafe extern "C" fn(*mut Call, *const Spawn, *mut SpawnResult) -> i32,
    pub invoke: unsafe extern "C" fn(*mut Call, Str, Str, *mut Str) -> i32,
    pub raise_hook: unsafe extern "C" fn(*mut Call, Str, Str) -> i32,
    pub alloc: unsafe extern "C" fn(*mut Call, usize, usize) -> *mut c_void,
    pub extension: unsafe extern "C" fn(*const Host, Str) -> *const c_void,
}

// What stands behind these pointers is constant.
unsafe impl Sync for Str {}
unsafe impl Sync for Action {}
unsafe impl Sync for Failure {}
unsafe impl Sync for Plugin {}

const _: () = {
    assert!(size_of::<Str>() == 16);
    assert!(size_of::<Error>() == 88);
    assert!(size_of::<Failure>() == 56);
    assert!(size_of::<Action>() == 160);
    assert!(size_of::<Plugin>() == 120);
    assert!(size_of::<Call>() == 144);
    assert!(size_of::<Part>() == 32);
    assert!(size_of::<Var>() == 48);
    assert!(size_of::<File>() == 16);
    assert!(size_of::<Spawn>() == 128);
    assert!(size_of::<SpawnResult>() == 48);
    assert!(size_of::<Host>() == 136);
};
