//! The program `veille`: reads its arguments, calls the library, picks the exit status.

mod cli;

fn main() -> std::process::ExitCode {
    give_memory_back();
    cli::main()
}

/// Has pieces of 256 KiB and more go back to the system when they are freed. The engine fills and frees its memory in
/// pieces of 1 MiB; the C library would keep them in heaps of its own that grow by 60 MB for each 300 MB of text.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn give_memory_back() {
    // SAFETY: sets a number in the allocator, before there is another thread; it touches no memory of ours.
    unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, 256 << 10) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_memory_back() {}
