namespace Agency.Tests.Isolation;

/// <summary>Who may read and write the rows of a table, written from "Who sees and who writes what", not from the migrations.</summary>
/// <param name="Changes">The columns that may ever change; empty for rows that are only added.</param>
internal sealed record TableRules(string Table, Rule Read, Rule Insert, Rule Update, Rule Delete, params string[] Changes);

/// <summary>
/// The expected rules of every table that carries a tenant. A table of the schema that has no line here fails the tests: a
/// new one is added together with its rows in <see cref="World"/>.
/// </summary>
internal static class Tables
{
    public static IReadOnlyList<TableRules> All { get; } =
    [
        // The operator makes tenants; what a tenant is never changes.
        AddOnly("tenant", Rule.Directory, Rule.Operator, "tenant_id"),
        new("idempotency_record", Rule.Own, Rule.Own, Rule.Own, Rule.Own, "status", "location", "body_cipher"),

        // What was done in a case its other side reads too; what is internal to a tenant, nobody else.
        AddOnly("audit_entry", Rule.SharedAudit, Rule.SharingAudit, "tenant_id"),

        // Whoever acts writes entries and seals none: that is the system's.
        AddOnly("audit_seal", Rule.Own, Rule.System with { Columns = ["tenant_id"] }, "tenant_id"),

        // Where a tenant has its events sent is its own business; the trigger of the events reads it and adds what is to be sent.
        new("webhook_subscription", Rule.Addressee, Rule.Own, Rule.Own, Rule.Nobody("tenant_id"), "url", "types", "secret_cipher", "former_secret_cipher", "former_secret_until", "state",
            "disabled_reason", "changed_at"),
        new("webhook_delivery", Rule.Own, Rule.Addressee, Rule.Own, Rule.Nobody("tenant_id"), "attempts", "state", "next_attempt_at", "leased_until", "finished_at"),
        AddOnly("webhook_attempt", Rule.Own, Rule.Own, "tenant_id"),

        // How much a person looked at is the tenant's own to know, and never taken back.
        new("worked_day", Rule.Own, Rule.Own, Rule.Own, Rule.Nobody("tenant_id"), "opened", "alarmed_at"),

        AddOnly("agreement", Rule.Either, Rule.Bank),
        AddOnly("agreement_version", Rule.Either, Rule.Bank),
        Kept("portfolio", Rule.Bank, Rule.Bank, Rule.Bank, "name", "changed_at"),
        Kept("import", Rule.Bank, Rule.Bank, Rule.Bank, "state", "rows_read", "rows_accepted", "rows_known", "rows_refreshed", "rows_rejected", "failure_code", "started_at", "finished_at",
            "mapping_cipher", "bytes_read"),
        Kept("import_error", Rule.Bank, Rule.Bank, Rule.Bank, "value_cipher"),
        Kept("rejected_row", Rule.Bank, Rule.Bank, Rule.Bank, "cells_cipher"),

        // Debtor data: an agency sees it while it has an open case, and not a moment longer.
        Kept("debtor", Rule.Debtor("id"), Rule.Bank, Rule.ErasingDebtor, "name_cipher", "id_number_cipher", "id_number_index", "reference", "erased_at"),
        Kept("contact_point", Rule.Point, Rule.Finding, Rule.Bank, "changed_at", "status", "consent", "adopted_at", "value_cipher", "value_index", "holder_cipher"),
        AddOnly("contact_point_mark", Rule.Work, Rule.Marking),
        Kept("account", Rule.Account("id"), Rule.Bank, Rule.Bank, "principal", "interest", "fees", "state", "resolution", "assignment_id", "changed_at", "oldest_due_date",
            "product", "credit_limit", "city", "refreshed_on", "last_import_id"),
        AddOnly("ledger_entry", Rule.Account("account_id"), Rule.Bank),

        // Raised by both, lifted by the bank alone.
        Kept("hold", Rule.Account("account_id"), Rule.OpenWork, Rule.Bank, "lift_reason", "lifted_at", "lifted_by_person_id", "lifted_by_client_id"),

        // Before acknowledgement an agency sees count, sums and mix alone: which accounts they are stays the bank's. While they are
        // being reserved there is nothing to see yet.
        Kept("assignment", Rule.Offered, Rule.Bank, Rule.Bank, "end_reason", "account_count", "principal", "interest", "fees", "days_past_due_mix", "activated_at",
            "released_at", "placing", "skipped_count", "ended_at", "ending", "late_until"),
        AddOnly("assignment_account", Rule.Bank, Rule.Bank),
        AddOnly("assignment_skip", Rule.Bank, Rule.Bank),
        AddOnly("assignment_answer", Rule.Either, Rule.Agency),

        // Asked by the agency and answered by the bank; each carries its own on, the agency with no more sight than whoever asked.
        Kept("assignment_retention", Rule.Either, Rule.Retention, Rule.Retention, "case_count", "last_case_id", "finished_at"),

        // A case is the agency's own, always; who works it is the agency's to say, how it ends the bank's.
        Kept("case", Rule.Work with { Columns = ["bank_id", "agency_id", "id"] }, Rule.System, Rule.Bank, "state", "ended_at", "end_reason", "recall_on", "recall_reason",
            "extended_to", "answered_motion_id", "late_until", "objection_refused_at", "retain_until", "erased_at"),
        Kept("case_desk", Rule.DeskRow, Rule.FirstDesk, Rule.Desk, "agency_reference", "collector_id", "team_id", "changed_at"),
        Kept("case_order", Rule.OpenWork, Rule.System, Rule.OpenWork, "balance", "oldest_due_date", "last_contact_at", "next_promise_on", "is_open"),
        Kept("case_motion", Rule.Work, Rule.Reporting, Rule.Erasing, "note_cipher"),
        AddOnly("case_motion_answer", Rule.Work, Rule.Bank),
        new("team", Rule.Agency, Rule.Manager, Rule.Manager, Rule.Nobody("agency_id"), "name", "splits_evenly", "changed_at"),
        new("team_member", Rule.Agency, Rule.Manager, Rule.Nobody("agency_id"), Rule.Manager),

        // The agency reports while its case is open and a while longer, the bank decides; the author and the bank read both, always.
        AddOnly("contact_record", Rule.Contact, Rule.TenureContact),

        // Except the note and the point dialled: debtor data, hidden once the case has ended but from who reveals one, and erased one day.
        new("contact_note", Rule.Note, Rule.TenureReport("received_at"), Rule.Nobody("bank_id"), Rule.Erasing),
        AddOnly("contact_permit", Rule.Work, Rule.Reporting),
        AddOnly("promise", Rule.Work, Rule.Reporting),
        AddOnly("promise_cancellation", Rule.Work, Rule.Reporting),

        // What becomes of it the bank says, or the calendar for it.
        AddOnly("promise_outcome", Rule.Work, Rule.Bank),
        Kept("repayment", Rule.Work, Rule.TenureReport("reported_at"), Rule.Erasing, "payer_cipher"),
        AddOnly("repayment_withdrawal", Rule.Work, Rule.TenureReport("withdrawn_at")),
        AddOnly("repayment_decision", Rule.RepaymentAnswer, Rule.Bank),

        // What of it came off the debt is the agency's to count for good; it says neither whose account nor how.
        AddOnly("recovery", Rule.Work, Rule.Bank),

        // Money paid to the bank itself: for the agency whose case was open then, while it is. Its number is the bank's alone.
        Kept("direct_payment", Rule.OpenWork, Rule.Bank, Rule.Bank, "reversal_reason", "reversed_at", "reversed_by_person_id", "reversed_by_client_id"),
        AddOnly("direct_payment_acknowledgement", Rule.Work, Rule.Reporting),
        Kept("bank_reference", Rule.Bank, Rule.Bank, Rule.Bank, "released_at"),

        // What a bank forgives of its own accord an agency reads in the ledger alone.
        Kept("waiver", Rule.Bank, Rule.Bank, Rule.Bank, "reversal_reason", "reversed_at", "reversed_by_person_id", "reversed_by_client_id", "reason_cipher"),
        Kept("settlement_proposal", Rule.Work, Rule.Reporting, Rule.Erasing, "reason_cipher", "circumstances_cipher"),
        AddOnly("settlement_proposal_decision", Rule.ProposalAnswer, Rule.Bank),
        AddOnly("settlement_counter", Rule.Work, Rule.Bank),
        AddOnly("settlement_reply", Rule.Work, Rule.Reporting),

        // Evidence is debtor data: the agency has it while its case is open.
        Kept("evidence_file", Rule.OpenWork, Rule.Reporting, Rule.Erasing, "name_cipher"),
        AddOnly("evidence_verification", Rule.OpenWork, Rule.Bank),

        // What was agreed binds whoever has the account: the agency that proposed it, and the one whose case is open.
        Kept("repayment_plan", Rule.RepaymentPlan, Rule.Bank, Rule.Bank, "state", "paid", "look_on", "in_force_at", "ended_at", "reinstated_until", "waived_on"),

        // A statement is the system's, issued by whoever sees all of the agency's work, answered by the bank; its lines are seen as the work is.
        AddOnly("statement_month", Rule.Either, Rule.System),
        Kept("statement", Rule.Either, Rule.System, Rule.Bank, "locked_at"),
        AddOnly("statement_line", Rule.Work, Rule.System),
        AddOnly("statement_issue", Rule.Either, Rule.Manager),
        AddOnly("statement_adjustment", Rule.Either, Rule.Manager),
        AddOnly("statement_decision", Rule.Either, Rule.Bank),
        AddOnly("statement_objection", Rule.Either, Rule.Bank),

        // Both sides write what they did; the names of things alone, so that both may read it for good.
        AddOnly("event", Rule.Work, Rule.Mandated),
    ];

    public static TableRules? Find(string table) => All.FirstOrDefault(rules => rules.Table == table);

    private static TableRules AddOnly(string table, Rule read, Rule insert, string tenant = "bank_id") =>
        new(table, read, insert, Rule.Nobody(tenant), Rule.Nobody(tenant));

    private static TableRules Kept(string table, Rule read, Rule insert, Rule update, params string[] changes) =>
        new(table, read, insert, update, Rule.Nobody("bank_id"), changes);
}
