# The console of those who run the platform.
operator-title = Operator
operator-nav-home = Overview
operator-nav-applications = Applications
operator-nav-stores = Stores
operator-nav-alpha = Alpha
operator-nav-jobs = Timers and jobs
operator-nav-audit = Audit log
operator-to-do = To do
operator-to-do-applications = Applications to decide
operator-to-do-waiting = People on the waiting list
operator-to-do-overdue = Timers and events that are late
operator-stores = Stores
operator-accounts = Accounts
operator-sessions = Browsers with a session
operator-health = Health
operator-database = Database
operator-migrations = Migrations missing
operator-migrations-none = None
operator-deadlines = Timers
operator-deadlines-overdue = Overdue
operator-overdue = { $count } overdue
operator-failing = { $count } failing
operator-events = Events on their way
operator-events-failing = Failing
operator-stage = Stage
operator-stage-alpha = Alpha: stores open by invitation
operator-stage-public = Public: everyone may open a store
operator-address = Address
operator-settings-where = Stage, fees and limits are in the server's settings file.

operator-queue-none = Nothing here
operator-queue-none-lead = New applications appear here as soon as they are submitted.
operator-times = { $times ->
    [one] first time
    [2] second time
    [3] third time
   *[other] { $times } times
}
operator-answers = Application
operator-refuse-this = Refuse this
operator-why = Why it is refused
operator-licence = Licence
operator-full-size = Open full size
operator-checks = Checks
operator-on-licence = Stores on this licence
operator-of-person = Stores of this person
operator-taken = taken
operator-free = free
operator-history = History
operator-decide-hint = Write a reason for each field that cannot be accepted, or approve.
operator-send-back = Send back
operator-approve = Approve
operator-approve-with-reasons = You wrote reasons. Clear them to approve, or send the application back
operator-no-reason = Write a reason for at least one field
operator-does-not-hold = This cannot be approved as it is. Send back what is marked
operator-person-limit = This person holds as many stores as one person may

operator-store = Store
operator-region = Region
operator-owner = Owner
operator-state = State
operator-state-open = Open
operator-state-paused = Paused by its owner
operator-state-suspended = Stopped
operator-state-closing = Closing
operator-state-closed = Closed
operator-stores-search = Name, address or owner
operator-stores-none = No store found
operator-stores-none-lead = Stores appear here when their application is approved.
operator-pause = Stop
operator-pause-why = Why it is stopped
operator-reopen = Let it go on
operator-store-state = The store is in another state now

operator-invite = Invite someone
operator-invite-button = Invite
operator-waiting-list = Waiting list
operator-waiting-none = Nobody is waiting.
operator-note = Note
operator-invitations = Invitations
operator-invitations-none = Nobody is invited yet.
operator-not-yet = Not signed in yet
operator-withdraw = Withdraw
operator-withdraw-sure = Withdraw the invitation of { $contact }?

operator-jobs-lead = What waits to happen. A healthy server works off what is due within seconds.
operator-refresh = Refresh
operator-nothing-waits = Nothing waits.
operator-next-deadlines = The next timers, one by one
operator-kind = Kind
operator-waiting = Waiting
operator-tried = Tried in vain
operator-first-at = First due
operator-due-at = Due
operator-late = late
operator-tries = Tries
operator-since = Since
operator-next-try = Next try
operator-leases = Who does the work
operator-leases-none = No process has taken a job yet.
operator-holder = Process
operator-until = Until

operator-audit-lead = Every state move and privileged action, newest first. Nothing is ever changed or deleted here. Times are UTC.
operator-audit-none = Nothing fits the filter
operator-action = Action
operator-action-all = Every action
operator-subject = Subject
operator-actor = Who
operator-platform = The platform
operator-detail = Detail
operator-at = When
operator-filter = Show
operator-filter-none = Show all
operator-older = Older
