//! What each role may do in a store. Pure rules: one table, read by pages and API alike.

db::text_enum! {
    /// What a person is in one store.
    pub enum Role {
        /// Holds the store: everything, also closing it.
        Owner = "owner",
        /// Runs it day by day.
        Manager = "manager",
        /// Serves at the counter: orders, pick-up, stock.
        Clerk = "clerk",
        /// Sells live.
        Host = "host",
    }
}

/// One thing that someone may or may not do in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Opens the store's console.
    SeeConsole,
    /// Opening a store page's draft, its branches, hours and pictures, and publishing them.
    EditPage,
    /// Products, shelves, pictures and prices.
    EditGoods,
    /// Counting stock in and out.
    EditStock,
    SeeOrders,
    /// Accepting, rejecting, marking ready, shipping.
    HandleOrders,
    /// Redeeming a pick-up code.
    HandOver,
    /// Changing a price before it is paid, giving money back.
    ChangeMoney,
    /// Balance, commission, statements.
    SeeMoney,
    /// The audit log of the store.
    SeeAudit,
    /// Pausing and reopening, payment and delivery settings.
    EditSettings,
    ManageStaff,
    HostLive,
    CloseStore,
}

impl Permission {
    pub const ALL: [Permission; 14] = [
        Permission::SeeConsole,
        Permission::EditPage,
        Permission::EditGoods,
        Permission::EditStock,
        Permission::SeeOrders,
        Permission::HandleOrders,
        Permission::HandOver,
        Permission::ChangeMoney,
        Permission::SeeMoney,
        Permission::SeeAudit,
        Permission::EditSettings,
        Permission::ManageStaff,
        Permission::HostLive,
        Permission::CloseStore,
    ];
}

impl Role {
    /// Whether this role may do it.
    pub const fn may(self, permission: Permission) -> bool {
        use Permission::*;
        match self {
            Role::Owner => true,
            Role::Manager => !matches!(permission, CloseStore),
            Role::Clerk => matches!(permission, SeeConsole | SeeOrders | HandleOrders | HandOver | EditStock),
            Role::Host => matches!(permission, SeeConsole | HostLive),
        }
    }

    /// Whether someone in this role may give `other` to a person, or take it away. Nobody makes their equal:
    /// a manager who could appoint managers could not be got rid of.
    pub const fn may_appoint(self, other: Role) -> bool {
        match self {
            Role::Owner => true,
            Role::Manager => matches!(other, Role::Clerk | Role::Host),
            Role::Clerk | Role::Host => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_a_part_of_what_the_one_above_may() {
        for permission in Permission::ALL {
            assert!(Role::Owner.may(permission));
            let staff = Role::Clerk.may(permission) || Role::Host.may(permission);
            assert!(!staff || Role::Manager.may(permission), "{permission:?}");
        }
    }

    #[test]
    fn money_staff_and_closing_stay_out_of_the_clerks_hands() {
        use Permission::*;
        for permission in [ChangeMoney, SeeMoney, ManageStaff, CloseStore, EditGoods, EditPage, EditSettings]
        {
            assert!(!Role::Clerk.may(permission) && !Role::Host.may(permission), "{permission:?}");
        }
        assert!(!Role::Manager.may(CloseStore));
        assert!(Role::Clerk.may(HandOver) && !Role::Host.may(HandOver));
    }

    #[test]
    fn only_an_owner_appoints_managers_and_owners() {
        for role in Role::ALL {
            for other in [Role::Manager, Role::Owner] {
                assert_eq!(role.may_appoint(other), *role == Role::Owner);
            }
        }
        assert!(Role::Manager.may_appoint(Role::Clerk));
        assert!(!Role::Clerk.may_appoint(Role::Host));
    }
}
