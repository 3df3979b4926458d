using Agency.Sdk;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Language;

/// <summary>The API's words (states, outcomes, roles …) as the reader's language has them. A word that is not known is shown as it is.</summary>
public static class Terms
{
    /// <summary>Every kind of word shown: where its keys begin, and the words known of it.</summary>
    public static IReadOnlyDictionary<Type, (string Key, IEnumerable<string> Words)> Enums { get; } = new Dictionary<Type, (string, IEnumerable<string>)>
    {
        [typeof(AgencyKind)] = ("tenant.agency_kind", Words(AgencyKind.Known)),
        [typeof(AssignmentState)] = ("assignment.state", Words(AssignmentState.Known)),
        [typeof(Bucket)] = ("balance", Words(Bucket.Known)),
        [typeof(CaseState)] = ("case.state", Words(CaseState.Known)),
        [typeof(Channel)] = ("channel", Words(Channel.Known)),
        [typeof(ContactPointKind)] = ("contact_point.kind", Words(ContactPointKind.Known)),
        [typeof(Consent)] = ("contact_point.consent", Words(Consent.Known)),
        [typeof(ContactPointSource)] = ("contact_point.source", Words(ContactPointSource.Known)),
        [typeof(ContactPointStatus)] = ("contact_point.status", Words(ContactPointStatus.Known)),
        [typeof(Direction)] = ("direction", Words(Direction.Known)),
        [typeof(EvidenceKind)] = ("evidence.kind", Words(EvidenceKind.Known)),
        [typeof(FunnelStep)] = ("figures.step", Words(FunnelStep.Known)),
        [typeof(HoldKind)] = ("hold.kind", Words(HoldKind.Known)),
        [typeof(InstalmentState)] = ("plan.instalment", Words(InstalmentState.Known)),
        [typeof(ImportColumn)] = ("import.column", Words(ImportColumn.Known)),
        [typeof(ImportMode)] = ("import.mode", Words(ImportMode.Known)),
        [typeof(ImportState)] = ("import.state", Words(ImportState.Known)),
        [typeof(KeepReason)] = ("case.keep_reason", Words(KeepReason.Known)),
        [typeof(LedgerKind)] = ("ledger_entry.kind", Words(LedgerKind.Known)),
        [typeof(Mark)] = ("contact_points.mark", Words(Mark.Known)),
        [typeof(MotionKind)] = ("case.motion", Words(MotionKind.Known)),
        [typeof(Outcome)] = ("outcome", Words(Outcome.Known)),
        [typeof(Party)] = ("party", Words(Party.Known)),
        [typeof(Payer)] = ("repayment.payer", Words(Payer.Known)),
        [typeof(PromiseState)] = ("promise.state", Words(PromiseState.Known)),
        [typeof(RepaymentPlanState)] = ("plan.state", Words(RepaymentPlanState.Known)),
        [typeof(RepaymentState)] = ("repayment.state", Words(RepaymentState.Known)),
        [typeof(RetentionDeed)] = ("assignment.retention.deed", Words(RetentionDeed.Known)),
        [typeof(RetentionState)] = ("assignment.retention.state", Words(RetentionState.Known)),
        [typeof(RuleAnswer)] = ("permit.answer", Words(RuleAnswer.Known)),
        [typeof(SettlementKind)] = ("settlement_proposal.kind", Words(SettlementKind.Known)),
        [typeof(SettlementProposalState)] = ("settlement_proposal.state", Words(SettlementProposalState.Known)),
        [typeof(TenantType)] = ("tenant.kind", Words(TenantType.Known)),
        [typeof(WebhookDeliveryState)] = ("webhook.delivery.state", Words(WebhookDeliveryState.Known)),
        [typeof(WebhookDisabledReason)] = ("webhook.disabled_reason", Words(WebhookDisabledReason.Known)),
        [typeof(WebhookState)] = ("webhook.state", Words(WebhookState.Known)),
        [typeof(SkipReason)] = ("skip_reason", Words(SkipReason.Known)),
        [typeof(WorklistReason)] = ("worklist.reason", Words(WorklistReason.Known)),
    };

    /// <summary>Every word a case can have ended by: a recall reason, a return code, or what resolved its account.</summary>
    public static IEnumerable<string> EndReasons { get; } =
        Words(RecallReason.Known).Concat(Words(ReturnCode.Known)).Concat(Words(Resolution.Known)).Distinct(StringComparer.Ordinal);

    /// <summary>Every code an import can have ended with before its end.</summary>
    public static IEnumerable<string> ImportFailures { get; } =
    [
        "import.unreadable", "import.gzip_ratio", "import.encoding", "import.empty", "import.columns_missing", "import.columns_unknown", "import.columns_repeated",
        "import.trailer_malformed", "import.trailer_mismatch", "import.file_missing", "import.not_started", "import.internal_error",
    ];

    /// <summary>The roles that people have, on either side.</summary>
    public static IEnumerable<string> Roles { get; } = ["collector", "supervisor", "manager", "analyst", "approver", "admin", "operator"];

    /// <summary>The events that a case's timeline tells.</summary>
    public static IEnumerable<string> Events { get; } =
    [
        "account.refreshed",
        "case.opened", "case.ended", "case.distributed", "case.reference_set", "case.recall_pending", "case.recall_withdrawn", "case.recall_objected",
        "case.objection_accepted", "case.objection_refused", "case.return_requested", "case.return_refused", "case.retention_requested",
        "case.retention_granted", "case.retention_refused",
        "contact_point.added", "contact_point.adopted", "contact_point.marked",
        "contact_record.reported",
        "direct_payment.booked", "direct_payment.acknowledged", "direct_payment.reversed",
        "evidence_file.uploaded", "evidence_file.verified",
        "hold.raised", "hold.lifted",
        "ledger_entry.posted",
        "promise.made", "promise.superseded", "promise.cancelled", "promise.kept", "promise.partly_kept", "promise.broken", "promise.reopened",
        "repayment.reported", "repayment.withdrawn", "repayment.confirmed", "repayment.rejected", "repayment.reversed", "repayment.settled",
        "settlement_proposal.submitted", "settlement_proposal.countered", "settlement_proposal.accepted", "settlement_proposal.declined",
        "settlement_proposal.withdrawn", "settlement_proposal.first_approved", "settlement_proposal.approved", "settlement_proposal.rejected",
        "settlement_proposal.in_force", "settlement_proposal.completed", "settlement_proposal.defaulted", "settlement_proposal.reinstated",
        "settlement_proposal.expired", "settlement_proposal.reopened",
        "waiver.granted", "waiver.reversed",
    ];

    /// <summary>What an audit log tells beside the events of a timeline.</summary>
    public static IEnumerable<string> Acts { get; } =
    [
        "agreement.changed", "agreement.created", "assignment.acknowledged", "assignment.activated", "assignment.closed",
        "assignment.created", "assignment.recalled", "assignment.rejected", "assignment.released", "assignment.retention_granted",
        "assignment.retention_refused", "assignment.retention_requested", "assignment.submitted", "assignment.voided", "case.closed",
        "case.erased", "case.recalled", "case.returned", "case.revealed", "case.worked", "client.created", "client.disabled",
        "client.enabled", "contact_permit.checked", "contact_point.changed", "contact_record.revealed", "debtor.erased",
        "evidence_file.downloaded", "evidence_file.link_made", "import.accepted", "import.cancelled", "import.rejected_rows_read",
        "import.started", "person.code_added", "person.code_removed", "person.created", "person.disabled", "person.enabled",
        "person.password_changed", "person.sign_in_reset", "person.signed_out_elsewhere", "person.work_alarm_raised", "pii.alarm", "pii.listed", "portfolio.created",
        "portfolio.renamed", "repayment.payer_revealed", "request.refused", "statement.agreed", "statement.disputed", "statement.drafted",
        "statement.issued", "statement.locked", "statement.paid", "statement.reissued", "team.changed", "team.created",
        "team.members_replaced", "tenant.created", "webhook_subscription.changed", "webhook_subscription.created",
        "webhook_subscription.gone", "webhook_subscription.removed", "webhook_subscription.replayed", "webhook_subscription.secret_rotated",
        "webhook_subscription.tested",
    ];

    /// <summary>What a timeline leaves out: that somebody asked or looked, and what another entry tells already.</summary>
    public static IReadOnlySet<string> UntoldEvents { get; } = new HashSet<string>(StringComparer.Ordinal) { "contact_permit.checked", "contact_point.changed" };

    public static string Term<T>(this IStringLocalizer<Texts> texts, T value)
        where T : struct, IOpenEnum => texts.Known(Enums[typeof(T)].Key, value.Value);

    /// <summary>What a scope lets its holder do.</summary>
    public static string Scope(this IStringLocalizer<Texts> texts, string scope) => texts.Known("scope", scope);

    /// <summary>What happened, by the type of its event.</summary>
    public static string Event(this IStringLocalizer<Texts> texts, string type) => texts.Known("event", type);

    public static string EndReason(this IStringLocalizer<Texts> texts, string reason) => texts.Known("case.end_reason", reason);

    /// <summary>Why the agency asks: a return code for a return, else a reason to keep the case.</summary>
    public static string MotionReason(this IStringLocalizer<Texts> texts, OpenMotion motion) =>
        motion.Kind == MotionKind.Return ? texts.EndReason(motion.Reason) : texts.WhyKeep(motion.Reason);

    /// <summary>Why the agency should keep a case, or the bank's own words where it answered.</summary>
    public static string WhyKeep(this IStringLocalizer<Texts> texts, string reason) => texts.Known(Enums[typeof(KeepReason)].Key, reason);

    /// <summary>What stops work on a case, in a few words.</summary>
    public static string Holds(this IStringLocalizer<Texts> texts, IEnumerable<StandingHold> holds) =>
        string.Join(" · ", holds.Select(hold => texts.Term(hold.Kind)));

    /// <summary>Why an import ended before its end.</summary>
    public static string Failure(this IStringLocalizer<Texts> texts, string code) => texts.Known("failure", code);

    public static string Role(this IStringLocalizer<Texts> texts, string role) => texts.Known("role", role);

    private static IEnumerable<string> Words<T>(IEnumerable<T> known)
        where T : struct, IOpenEnum => known.Select(value => value.Value);

    private static string Known(this IStringLocalizer<Texts> texts, string kind, string word) =>
        texts[$"{kind}.{word}"] is { ResourceNotFound: false } found ? found.Value : word;
}
