//! How an order's goods reach the buyer: a copy of what was chosen, so that a branch that moves or an address that
//! is changed later does not rewrite the past.

use kernel::{BranchId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Way;
use crate::addresses::{Details, Recipient};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "way", rename_all = "snake_case")]
pub enum Fulfilment {
    Delivery {
        address: Details,
    },
    PickUp {
        recipient: Recipient,
        #[schema(value_type = String)]
        branch_id: BranchId,
        branch_name: String,
        branch_address: String,
        #[schema(value_type = String, format = DateTime)]
        starts_at: Timestamp,
        #[schema(value_type = String, format = DateTime)]
        ends_at: Timestamp,
    },
}

impl Fulfilment {
    pub fn way(&self) -> Way {
        match self {
            Fulfilment::Delivery { .. } => Way::Delivery,
            Fulfilment::PickUp { ends_at, .. } => Way::PickUp { slot_ends: *ends_at },
        }
    }
    pub fn is_pick_up(&self) -> bool {
        matches!(self, Fulfilment::PickUp { .. })
    }
    pub fn branch(&self) -> Option<BranchId> {
        match self {
            Fulfilment::Delivery { .. } => None,
            Fulfilment::PickUp { branch_id, .. } => Some(*branch_id),
        }
    }
    /// The booked slot.
    pub fn slot(&self) -> Option<(BranchId, Timestamp)> {
        match self {
            Fulfilment::Delivery { .. } => None,
            Fulfilment::PickUp { branch_id, starts_at, .. } => Some((*branch_id, *starts_at)),
        }
    }
    pub fn name(&self) -> &str {
        match self {
            Fulfilment::Delivery { address } => &address.name,
            Fulfilment::PickUp { recipient, .. } => &recipient.name,
        }
    }
    pub fn phone(&self) -> &str {
        match self {
            Fulfilment::Delivery { address } => &address.phone,
            Fulfilment::PickUp { recipient, .. } => &recipient.phone,
        }
    }
    /// What the counter searches in.
    pub(super) fn searched(&self) -> String {
        let compact: String = self.phone().chars().filter(char::is_ascii_digit).collect();
        format!("{} {} {compact}", self.name().to_lowercase(), self.phone())
    }
}
