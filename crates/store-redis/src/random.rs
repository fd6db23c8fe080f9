use data_encoding::HEXLOWER;
use store::StoreError;
use visitor::HashKey;

/// A key: 256 random bits from the operating system.
pub(super) fn key() -> Result<HashKey, StoreError> {
    bytes().map(HashKey)
}

/// An article's id: 63 random bits, never 0.
pub(super) fn id() -> Result<i64, StoreError> {
    Ok((u64::from_be_bytes(bytes()?) >> 1).max(1).cast_signed())
}

/// The token of a lease.
pub(super) fn token() -> Result<String, StoreError> {
    Ok(HEXLOWER.encode(&bytes::<8>()?))
}

fn bytes<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Unavailable)?;
    Ok(bytes)
}
