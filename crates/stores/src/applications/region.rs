//! Where merchants are. A region decides which money a store takes and what clocks it keeps; where no provider can
//! take payments yet, a mini store cannot be opened, and the form says what can be had instead.

use kernel::Currency::{self, *};

/// A region a merchant may be in.
#[derive(Debug, PartialEq, Eq)]
pub struct Region {
    /// ISO 3166-1 alpha-2. Its name is the words' key `applications-region-` and the code in lower case.
    pub code: &'static str,
    /// What a store there may charge in, the usual first. Without any there is no payment provider.
    pub currencies: &'static [Currency],
    /// IANA names, the most people first; never empty.
    pub time_zones: &'static [&'static str],
}

impl Region {
    /// Whether a mini store can be opened there.
    pub const fn has_stores(&self) -> bool {
        !self.currencies.is_empty()
    }

    /// The key of the region's name.
    pub fn name_key(&self) -> String {
        format!("applications-region-{}", self.code.to_ascii_lowercase())
    }
}

const fn region(
    code: &'static str,
    currencies: &'static [Currency],
    time_zones: &'static [&'static str],
) -> Region {
    Region { code, currencies, time_zones }
}

/// Every region the form knows.
pub const REGIONS: [Region; 24] = [
    region("SG", &[SGD, USD], &["Asia/Singapore"]),
    region("CN", &[CNY], &["Asia/Shanghai", "Asia/Urumqi"]),
    region("HK", &[HKD, CNY, USD], &["Asia/Hong_Kong"]),
    region("TW", &[TWD], &["Asia/Taipei"]),
    region("MY", &[MYR], &["Asia/Kuala_Lumpur", "Asia/Kuching"]),
    region("TH", &[THB], &["Asia/Bangkok"]),
    region("ID", &[IDR], &["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]),
    region("PH", &[PHP], &["Asia/Manila"]),
    region("VN", &[VND], &["Asia/Ho_Chi_Minh"]),
    region("JP", &[JPY], &["Asia/Tokyo"]),
    region("KR", &[KRW], &["Asia/Seoul"]),
    region(
        "AU",
        &[AUD],
        &["Australia/Sydney", "Australia/Brisbane", "Australia/Adelaide", "Australia/Perth"],
    ),
    region("GB", &[GBP, EUR], &["Europe/London"]),
    region("IE", &[EUR], &["Europe/Dublin"]),
    region("DE", &[EUR], &["Europe/Berlin"]),
    region("FR", &[EUR], &["Europe/Paris"]),
    region("ES", &[EUR], &["Europe/Madrid", "Atlantic/Canary"]),
    region("IT", &[EUR], &["Europe/Rome"]),
    region("NL", &[EUR], &["Europe/Amsterdam"]),
    region("US", &[USD], &["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"]),
    region("KW", &[KWD, USD], &["Asia/Kuwait"]),
    region("IN", &[], &["Asia/Kolkata"]),
    region("BR", &[], &["America/Sao_Paulo"]),
    region("CA", &[], &["America/Toronto", "America/Vancouver"]),
];

pub fn by_code(code: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|region| region.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_is_there_once_with_clocks_that_exist() {
        for (place, region) in REGIONS.iter().enumerate() {
            assert_eq!(REGIONS.iter().position(|other| other.code == region.code), Some(place));
            assert!(!region.time_zones.is_empty());
            for zone in region.time_zones {
                assert!(jiff::tz::TimeZone::get(zone).is_ok(), "{zone}");
            }
        }
    }
}
