use wasm_bindgen_test::wasm_bindgen_test;

/// Sizes around the powers of two, in bytes.
fn sizes() -> impl Iterator<Item = usize> {
    (0..19).flat_map(|power| [(1 << power) - 1, 1 << power, (1 << power) + 1])
}

fn filled(size: usize) -> Vec<u8> {
    vec![size as u8; size]
}

#[wasm_bindgen_test]
fn blocks_of_all_sizes_are_aligned_and_do_not_overlap() {
    for _ in 0..3 {
        let mut texts: Vec<_> = sizes().map(filled).collect();
        for (text, size) in texts.iter_mut().zip(sizes()) {
            assert_eq!(text.as_ptr() as usize % 16 * usize::from(size > 0), 0);
            // Moves the block where the size has another list.
            text.extend_from_slice(&filled(size));
        }
        for (text, size) in texts.iter().zip(sizes()) {
            assert!(text.len() == 2 * size && text.iter().all(|byte| *byte == size as u8));
        }
    }
}

#[wasm_bindgen_test]
fn free_blocks_are_used_again() {
    let pages = || core::arch::wasm32::memory_size(0);
    drop(filled(1 << 20));
    let before = pages();
    for _ in 0..100 {
        drop(filled((1 << 20) - 1));
    }
    assert_eq!(pages(), before);
}
