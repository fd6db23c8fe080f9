//! The allocator. Blocks are powers of two, and each size has a list of its free blocks. Free blocks are reused, but never
//! split or joined: that takes little code, and suits a program of a few hundred kilobytes.

use std::{
    alloc::{GlobalAlloc, Layout},
    cell::UnsafeCell,
    ptr,
};

/// The alignment of every block, and the size of the smallest, in bytes.
const MIN_BLOCK_BYTES: usize = 16;

/// A page of the module's memory, in bytes.
const PAGE_BYTES: usize = 64 * 1024;

/// An allocator for a module without threads.
pub struct Allocator(UnsafeCell<Blocks>);

struct Blocks {
    /// The first free block of each size, by its binary logarithm. A free block begins with the address of the next.
    free: [*mut u8; 32],
    /// The part of the memory that was never used.
    unused: (usize, usize),
}

// SAFETY: there are no threads.
unsafe impl Sync for Allocator {}

impl Allocator {
    /// An allocator without blocks.
    pub const fn empty() -> Self {
        let (free, unused) = ([ptr::null_mut(); 32], (0, 0));
        Self(UnsafeCell::new(Blocks { free, unused }))
    }
}

// SAFETY: a block belongs to one allocation at a time, and is at least as large and as aligned as its layout.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > MIN_BLOCK_BYTES {
            return ptr::null_mut();
        }
        // SAFETY: there are no threads, and nothing here allocates.
        let blocks = unsafe { &mut *self.0.get() };
        let list = list(layout.size());
        let block = blocks.free[list];
        if block.is_null() {
            return blocks.carve(1 << list);
        }
        // SAFETY: a free block begins with the address of the next.
        blocks.free[list] = unsafe { *block.cast() };
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: there are no threads, and the block is large enough for an address.
        unsafe {
            let blocks = &mut *self.0.get();
            let first = &mut blocks.free[list(layout.size())];
            *block.cast() = *first;
            *first = block;
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if list(layout.size()) == list(size) {
            return block;
        }
        // SAFETY: the caller guarantees a valid size; the blocks are distinct.
        unsafe {
            let new = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !new.is_null() {
                ptr::copy_nonoverlapping(block, new, layout.size().min(size));
                self.dealloc(block, layout);
            }
            new
        }
    }
}

impl Blocks {
    /// A block of that size from unused memory; null if there is none.
    fn carve(&mut self, size: usize) -> *mut u8 {
        if size > self.unused.1 - self.unused.0 {
            let pages = size.div_ceil(PAGE_BYTES);
            let first = core::arch::wasm32::memory_grow(0, pages);
            if first == usize::MAX {
                return ptr::null_mut();
            }
            let start = first * PAGE_BYTES;
            if start != self.unused.1 {
                self.unused.0 = start;
            }
            self.unused.1 = start + pages * PAGE_BYTES;
        }
        let block = self.unused.0;
        self.unused.0 += size;
        block as *mut u8
    }
}

/// The list of blocks for that size.
fn list(size: usize) -> usize {
    size.max(MIN_BLOCK_BYTES)
        .next_power_of_two()
        .trailing_zeros() as usize
}
