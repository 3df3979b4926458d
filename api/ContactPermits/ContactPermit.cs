using System.Globalization;
using System.Text.Json;
using Agency.Api.ContactRecords;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.RulePacks;

namespace Agency.Api.ContactPermits;

/// <summary>A rule that the contact asked for would break.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Answer">Warn or deny.</param>
/// <param name="Title">What it asks, in the caller's language.</param>
/// <param name="Citation">The place in the law or standard.</param>
/// <param name="AllowedFrom">When this rule would allow it, if nothing else happens; absent when that is not a matter of time.</param>
public sealed record RuleFinding(string RuleId, RuleAnswer Answer, string Title, string Citation, DateTimeOffset? AllowedFrom);

/// <summary>What the rules said of a contact before it was made. It is kept, a denial too; a contact record may name it.</summary>
/// <param name="PermitId">What a contact record names.</param>
/// <param name="CaseId">The case.</param>
/// <param name="Answer">The worst of the findings.</param>
/// <param name="Usable">Whether a contact record may name it: the answer is allow, or warn with a reason.</param>
/// <param name="Findings">The rules that the contact would break.</param>
/// <param name="AllowedFrom">The earliest instant at which no rule warns or denies, if nothing else happens; absent when it may be made now, or when time alone will not allow it.</param>
/// <param name="Channel">How contact was to be sought.</param>
/// <param name="Party">Whom it was meant for.</param>
/// <param name="ContactPointId">Where.</param>
/// <param name="At">When it was to be made.</param>
/// <param name="TimeZone">The clock it was judged by, the debtor's.</param>
/// <param name="RulePack">The rule pack that was asked, the one of the agreement.</param>
/// <param name="OverrideReason">Why it is to be made in spite of a warning.</param>
/// <param name="CheckedAt">When the rules were asked.</param>
/// <param name="ExpiresAt">Until when the answer holds: 15 minutes from the time the contact was to be made.</param>
public sealed record ContactPermit(
    Id PermitId, Id CaseId, RuleAnswer Answer, bool Usable, IReadOnlyList<RuleFinding> Findings, DateTimeOffset? AllowedFrom, Channel Channel, Party Party,
    Id? ContactPointId, DateTimeOffset At, string TimeZone, string RulePack, string? OverrideReason, DateTimeOffset CheckedAt, DateTimeOffset ExpiresAt);

/// <summary>What can be wrong with a contact check, and with a permit named by a contact record.</summary>
public static class ContactPermitProblems
{
    public static readonly Problem NotFound = new("contact_permit.not_found", 404, "There is no such contact permit.", "联系许可不存在。");
    public static readonly Problem OutOfRange = new("contact_permit.time_out_of_range", 422, "A contact can be checked for now and up to 7 days ahead.", "仅可核查当前至未来7天内的联系。");
    public static readonly Problem PointUnknown = new("contact_permit.point_unknown", 422, "The debtor of this case has no such contact point.", "该案件的债务人没有此联系方式。");
    public static readonly Problem Unknown = new("contact_permit.unknown", 422, "The case has no such contact permit.", "该案件没有此联系许可。");
    public static readonly Problem IsDenied = new("contact_permit.is_denied", 422, "The contact was denied: its permit can't be named.", "该联系已被拒绝，不能引用其许可。");
    public static readonly Problem NeedsReason = new("contact_permit.needs_reason", 422, "The contact was warned of, and its permit gives no reason to make it nevertheless.", "该联系已被警示，且许可未说明继续联系的理由。");
    public static readonly Problem IsExpired = new("contact_permit.is_expired", 422, "The permit did not hold when the contact was made.", "联系发生时许可不在有效期内。");
    public static readonly Problem Differs = new("contact_permit.differs", 422, "The permit is for another channel, party or contact point.", "该许可适用于其他渠道、对象或联系方式。");
}

internal static class ContactPermitRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        Check.Map(v1.MapGroup("/cases/{id}/contact-check").WithTags("ContactPermits"));
        Get.Map(v1.MapGroup("/contact-permits").WithTags("ContactPermits"));
    }
}

/// <summary>What a permit keeps of the judgement, in full and as it was: rules change, evidence does not.</summary>
internal sealed record Evidence(DateTimeOffset At, string TimeZone, IReadOnlyList<Evidence.Line> Findings)
{
    internal sealed record Line(string RuleId, RuleAnswer Answer, string Title, string TitleZh, string Citation, DateOnly EffectiveFrom, DateTimeOffset? AllowedFrom = null)
    {
        public RuleFinding View() => new(RuleId, Answer, CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "zh" ? TitleZh : Title, Citation, AllowedFrom);
    }

    public static Evidence Of(Judgement judgement) => new(judgement.Facts.At, judgement.Facts.Clock.Zone,
    [
        .. judgement.Findings.Select(finding => new Line(
            finding.Rule.RuleId, finding.Rule.Answer, finding.Rule.Title, finding.Rule.TitleZh, finding.Rule.Citation, finding.Rule.EffectiveFrom, finding.AllowedFrom)),
    ]);

    public string Write() => JsonSerializer.Serialize(this, Json.Options);

    public static Evidence Read(string text) => JsonSerializer.Deserialize<Evidence>(text, Json.Options)!;
}

/// <summary>A permit as stored.</summary>
internal sealed record ContactPermitRow(
    Id Id, Id CaseId, string Answer, string Channel, string Party, Id? ContactPointId, string RulePack, string Findings, string? OverrideReason,
    DateTimeOffset CheckedAt, DateTimeOffset ExpiresAt, DateTimeOffset? AllowedFrom)
{
    public const string Columns = """
        t.id, t.case_id, t.answer, t.channel, t.party, t.contact_point_id, t.rule_pack, t.findings, t.override_reason,
        t.checked_at, t.expires_at, t.allowed_from
        """;

    public bool Usable => Answer == "allow" || (Answer == "warn" && OverrideReason is not null);

    public ContactPermit View()
    {
        var evidence = Evidence.Read(Findings);
        return new ContactPermit(
            Id, CaseId, Words.Read<RuleAnswer>(Answer), Usable, [.. evidence.Findings.Select(line => line.View())], AllowedFrom,
            Words.Read<Channel>(Channel), Words.Read<Party>(Party), ContactPointId, evidence.At, evidence.TimeZone, RulePack, OverrideReason, CheckedAt, ExpiresAt);
    }
}
