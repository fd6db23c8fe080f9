//! Return of memory to the system. Allocators keep what a thread has freed until the thread allocates again, and a query of
//! the newsroom's pages may have used a lot.

use std::sync::OnceLock;

static RETURN_FREED: OnceLock<fn()> = OnceLock::new();

/// Sets what returns the memory that the calling thread has freed. The first call counts.
pub fn set_return_of_freed_memory(how: fn()) {
    let _ = RETURN_FREED.set(how);
}

/// Returns the memory that this thread has freed to the system. Takes up to a millisecond, so it is for queries that have
/// used megabytes.
pub fn return_freed_memory() {
    if let Some(how) = RETURN_FREED.get() {
        how();
    }
}
