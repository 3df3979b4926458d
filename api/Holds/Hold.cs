using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Holds;

/// <summary>Why work on an account stops; <see cref="HoldRules"/> says what each stops and who may raise it.</summary>
public enum HoldKind
{
    Dispute,
    Complaint,
    Fraud,
    Deceased,
    Insolvency,
    CeaseContact,
    Moratorium,

    /// <summary>A repayment plan is being performed.</summary>
    PlanActive,

    /// <summary>The debtor paid the bank itself, and the agency has not acknowledged it yet; ends with the case.</summary>
    PaymentPending,
}

/// <summary>Who raised a hold.</summary>
public enum HoldRaiser
{
    Bank,
    Agency,
    System,
}

/// <summary>Something that stops work on an account until the bank lifts it. It outlives the case in which it was raised.</summary>
/// <param name="Id">The hold.</param>
/// <param name="AccountId">The account it stands on.</param>
/// <param name="CaseId">The case in which it was raised, if there was one.</param>
/// <param name="Kind">Why work stops.</param>
/// <param name="Reason">What whoever raised it gave as the reason.</param>
/// <param name="RaisedBy">Who raised it.</param>
/// <param name="ContactRecordId">The contact whose outcome raised it.</param>
/// <param name="RaisedAt">Since when it stands.</param>
/// <param name="LiftedAt">When the bank lifted it; it stands when absent.</param>
/// <param name="LiftReason">Why the bank lifted it.</param>
/// <param name="AccountNumber">The bank's number of the account.</param>
public sealed record Hold(
    Id Id, Id AccountId, Id? CaseId, HoldKind Kind, string? Reason, HoldRaiser RaisedBy, Id? ContactRecordId, DateTimeOffset RaisedAt,
    DateTimeOffset? LiftedAt, string? LiftReason, string AccountNumber);

/// <summary>A hold that stands, as shown with a case.</summary>
/// <param name="Id">The hold.</param>
/// <param name="Kind">Why work stops.</param>
/// <param name="RaisedAt">Since when it stands.</param>
public sealed record StandingHold(Id Id, HoldKind Kind, DateTimeOffset RaisedAt);

/// <summary>What can be wrong with a hold, and what a hold refuses.</summary>
public static class HoldProblems
{
    public static readonly Problem NotFound = new("hold.not_found", 404, "There is no such hold.", "暂停不存在。");
    public static readonly Problem Stands = new("hold.stands", 409, "A hold of this kind stands on the account already; obstacle names it.", "该账户已有同类暂停，见 obstacle。");
    public static readonly Problem IsLifted = new("hold.is_lifted", 409, "The hold is lifted already.", "暂停已解除。");
    public static readonly Problem KindOfSystem = new("hold.kind_of_system", 422, "Only the system raises holds of this kind.", "此类暂停只能由系统设置。");
    public static readonly Problem CaseOnHold = new("case.on_hold", 409, "A hold stops work on the case until the bank lifts it; obstacle names it.", "案件已暂停，须由委托方解除，见 obstacle。");
}

internal static class HoldRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var ofCase = v1.MapGroup("/cases/{id}/holds").WithTags("Holds");
        Raise.MapOnCase(ofCase);
        List.MapOfCase(ofCase);

        var ofAccount = v1.MapGroup("/accounts/{id}/holds").WithTags("Holds");
        Raise.MapOnAccount(ofAccount);
        List.MapOfAccount(ofAccount);

        var holds = v1.MapGroup("/holds").WithTags("Holds");
        ListAll.Map(holds);
        Get.Map(holds);
        Lift.Map(holds);
    }
}

/// <summary>A hold as stored.</summary>
internal sealed record HoldRow(
    Id Id, Id AccountId, int? AgencyId, Id? CaseId, string Kind, string? Reason, string? RaisedBy, Id? ContactRecordId, DateTimeOffset RaisedAt,
    DateTimeOffset? LiftedAt, string? LiftReason, string AccountNumber)
{
    public const string Columns = """
        h.id, h.account_id, h.agency_id, h.case_id, h.kind, h.reason, h.raised_by, h.contact_record_id, h.raised_at, h.lifted_at, h.lift_reason,
        a.account_number
        """;

    public const string Tables = """
        hold AS h
        INNER JOIN account AS a ON a.bank_id = h.bank_id AND a.id = h.account_id
        """;

    /// <summary>A hold from an earlier agency's case is known to the next one as what it is and no more.</summary>
    public Hold View(Work work)
    {
        var open = work.Caller.IsBank || AgencyId is null || AgencyId == work.Tenant;
        return new(
            Id, AccountId, open ? CaseId : null, Words.Read<HoldKind>(Kind), open ? Reason : null, Words.ReadOrNull<HoldRaiser>(RaisedBy) ?? HoldRaiser.Bank,
            open ? ContactRecordId : null, RaisedAt, LiftedAt, open ? LiftReason : null, AccountNumber);
    }
}
