using Agency.Api.Cases;
using Agency.Api.ContactPermits;
using Agency.Api.ContactPoints;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.ContactRecords;

/// <summary>
/// An agency reports a contact it had or sought, or corrects a record of its own. What happened is always recorded, allowed or not: for
/// some days also after the case has ended, if it happened before.
/// </summary>
internal static class Report
{
    /// <summary>What a report can be refused for.</summary>
    public static readonly IReadOnlyList<Problem> Refusals =
    [
        HttpProblems.WrongTenantKind, ContactRecordProblems.InFuture, ContactRecordProblems.BeforeTenure, ContactRecordProblems.AfterTenure,
        ContactRecordProblems.OutcomeOfVisit, ContactRecordProblems.OutcomeOfOtherChannel, ContactRecordProblems.ContactPointUnknown,
        ContactRecordProblems.CollectorUnknown,
        ContactRecordProblems.SupersedesUnknown, ContactRecordProblems.IsSuperseded, ContactPermitProblems.Unknown, ContactPermitProblems.IsDenied,
        ContactPermitProblems.NeedsReason, ContactPermitProblems.IsExpired, ContactPermitProblems.Differs,
    ];

    public static void Map(RouteGroupBuilder ofCase) => ofCase.MapPost("/", HandleAsync)
        .Describe("ContactRecords_Create", Scopes.ContactRecordsWrite, "Report a contact", "Adds a contact record to a case, or corrects one. It can't be changed afterwards. A case that has ended takes late reports of what happened before its end, for as many days as the agreement says; after them it does not exist for the agency.")
        .Returns<ContactRecord>(StatusCodes.Status201Created)
        .Refuses([.. Refusals])
        .On(Tenure.ReadSubjectAsync, CaseProblems.NotFound);

    private static async Task<Answer<ContactRecord>> HandleAsync(Id id, NewContactRecord contact, Work work, Standing standing, ContactRules rules, ReportGrounds grounds, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var ground = await grounds.FindAsync(work, [(id, contact)], cancellation);
        var report = await ground.Check(work, id, contact).JudgedAsync(work, rules, cancellation);
        await ContactRecordWriter.WriteAsync(work, standing, [report], cancellation);
        return Answer.Created($"/v1/contact-records/{report.Id}", (await Get.ReadAsync(work, report.Id, cancellation))!);
    }
}

/// <summary>The contact to report.</summary>
/// <param name="Channel">How contact was sought.</param>
/// <param name="Direction">Who began it.</param>
/// <param name="Party">Whom it reached, or was meant for.</param>
/// <param name="Outcome">What came of it; one that fits the channel.</param>
/// <param name="OccurredAt">When it happened; not before the case was opened, not after it ended, not in the future.</param>
/// <param name="DurationSeconds">How long the conversation was; zero or more.</param>
/// <param name="Point">The number dialled, the address written to or visited. Kept encrypted, shown by a reveal alone.</param>
/// <param name="Note">What was said; up to 4,000 characters. Kept encrypted.</param>
/// <param name="AgencyReference">The agency's own number for it; up to 64 characters.</param>
/// <param name="CollectorId">The person of the agency who made the contact; the person signed in when absent.</param>
/// <param name="ContactPointId">The contact point that was used: one of the debtor's that the agency sees, or saw while it had the case.</param>
/// <param name="RecordingReference">Where the agency keeps the recording; up to 200 characters. Goes with its digest.</param>
/// <param name="RecordingSha256">The recording's SHA-256, 64 hexadecimal digits.</param>
/// <param name="PermitId">The contact permit that was asked for before: of this case, for this contact, and holding when it was made.</param>
/// <param name="OverrideReason">Why it was made in spite of a warning; up to 400 characters, no private data of the debtor's.</param>
/// <param name="Supersedes">The record that this one corrects: one that the agency reported on this case, and that no other corrects.</param>
public sealed record NewContactRecord(
    Channel Channel, Direction Direction, Party Party, Outcome Outcome, DateTimeOffset OccurredAt,
    int? DurationSeconds = null, string? Point = null, string? Note = null, string? AgencyReference = null, Id? CollectorId = null, Id? ContactPointId = null,
    string? RecordingReference = null, string? RecordingSha256 = null, Id? PermitId = null, string? OverrideReason = null, Id? Supersedes = null)
{
    private const int SecondsOfADay = 86_400;

    private sealed class Rules : AbstractValidator<NewContactRecord>
    {
        public Rules()
        {
            RuleFor(c => c.DurationSeconds).InclusiveBetween(0, SecondsOfADay);
            RuleFor(c => c.Point).MaximumLength(400);
            RuleFor(c => c.Note).MaximumLength(4000);
            RuleFor(c => c.AgencyReference).MaximumLength(64);
            RuleFor(c => c.RecordingReference).MaximumLength(200);
            RuleFor(c => c.RecordingReference).NotEmpty().When(c => c.RecordingSha256 is not null);
            RuleFor(c => c.RecordingSha256).NotEmpty().When(c => c.RecordingReference is not null);
            RuleFor(c => c.RecordingSha256).Matches("^[0-9a-fA-F]{64}\\z");
            RuleFor(c => c.OverrideReason).NotEmpty().MaximumLength(400).When(c => c.OverrideReason is not null);
        }
    }
}
