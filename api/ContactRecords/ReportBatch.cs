using Agency.Api.ContactPermits;
using Agency.Api.ContactPoints;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.ContactRecords;

/// <summary>
/// An agency reports up to a thousand contacts at once. Each is checked on its own, in the order they came; those that are fit are
/// written together, in one transaction, and the others answered with what is wrong with them.
/// </summary>
internal static class ReportBatch
{
    public static void Map(RouteGroupBuilder records) => records.MapPost("/batch", HandleAsync)
        .Describe("ContactRecords_CreateBatch", Scopes.ContactRecordsWrite, "Report many contacts", "Reports 1 to 1,000 contacts, of any of the agency's cases. Each gets an answer of its own, in their order: 201 with the record's id, or the status and the problem that it would have got alone. One that is refused changes nothing and holds up no other. A body that can't be read is refused as a whole.")
        .Returns<ContactRecordBatchResult>()
        .Refuses([.. Report.Refusals, Cases.CaseProblems.NotFound])
        .WithMetadata(new RequestSizeLimitAttribute(JsonBody.MaxBatchBytes));

    private static async Task<Answer<ContactRecordBatchResult>> HandleAsync(
        ContactRecordBatch batch, Work work, Standing standing, Validation validation, ContactRules rules, ReportGrounds grounds, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var contacts = batch.Items.Select(item => (item.CaseId, Contact: item.ToContact())).ToList();
        var ground = await grounds.FindAsync(work, contacts, cancellation);
        List<ContactReport> reports = [];
        List<ContactRecordBatchAnswer> answers = [];
        foreach (var (@case, contact) in contacts)
        {
            try
            {
                await validation.CheckAsync(contact, cancellation);
                var report = await ground.Check(work, @case, contact).JudgedAsync(work, rules, cancellation);
                reports.Add(report);
                answers.Add(new ContactRecordBatchAnswer(answers.Count, StatusCodes.Status201Created, report.Id, null));
            }
            catch (ProblemException refusal)
            {
                answers.Add(new ContactRecordBatchAnswer(answers.Count, refusal.Problem.Status, null, ItemProblem.Of(refusal)));
            }
        }

        if (reports.Count > 0)
        {
            await ContactRecordWriter.WriteAsync(work, standing, reports, cancellation);
        }

        return Answer.Ok(new ContactRecordBatchResult(answers));
    }
}

/// <summary>Contacts to report together.</summary>
/// <param name="Items">1 to 1,000 of them.</param>
public sealed record ContactRecordBatch(IReadOnlyList<ContactRecordBatchItem> Items)
{
    private const int MaxItems = 1000;

    private sealed class Rules : AbstractValidator<ContactRecordBatch>
    {
        public Rules()
        {
            RuleFor(b => b.Items).NotEmpty();
            RuleFor(b => b.Items.Count).LessThanOrEqualTo(MaxItems).OverridePropertyName(nameof(Items));
            RuleForEach(b => b.Items).NotNull();
        }
    }
}

/// <summary>A contact to report, and its case.</summary>
/// <param name="CaseId">The case it belongs to.</param>
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
public sealed record ContactRecordBatchItem(
    Id CaseId, Channel Channel, Direction Direction, Party Party, Outcome Outcome, DateTimeOffset OccurredAt,
    int? DurationSeconds = null, string? Point = null, string? Note = null, string? AgencyReference = null, Id? CollectorId = null, Id? ContactPointId = null,
    string? RecordingReference = null, string? RecordingSha256 = null, Id? PermitId = null, string? OverrideReason = null, Id? Supersedes = null)
{
    internal NewContactRecord ToContact() => new(
        Channel, Direction, Party, Outcome, OccurredAt, DurationSeconds, Point, Note, AgencyReference, CollectorId, ContactPointId, RecordingReference, RecordingSha256, PermitId, OverrideReason,
        Supersedes);
}

/// <summary>What became of each contact.</summary>
/// <param name="Items">An answer an item, in their order.</param>
public sealed record ContactRecordBatchResult(IReadOnlyList<ContactRecordBatchAnswer> Items);

/// <summary>What became of one contact.</summary>
/// <param name="Index">Which item, counted from 0.</param>
/// <param name="Status">The status that it would have got alone: 201 when it is recorded.</param>
/// <param name="Id">The record, when it is recorded.</param>
/// <param name="Problem">Why it is not.</param>
public sealed record ContactRecordBatchAnswer(int Index, int Status, Id? Id, ItemProblem? Problem);

/// <summary>Why one of several was refused.</summary>
/// <param name="Code">The stable code to branch on.</param>
/// <param name="Title">What is wrong, in the caller's language.</param>
/// <param name="Detail">What to mend in this case.</param>
/// <param name="Errors">What is wrong field by field, with pointers into the item.</param>
public sealed record ItemProblem(string Code, string Title, string? Detail, IReadOnlyList<FieldError>? Errors)
{
    internal static ItemProblem Of(ProblemException refusal) =>
        new(refusal.Problem.Code, ProblemWriter.TitleOf(refusal.Problem), refusal.Detail, refusal.Errors is { Count: > 0 } ? refusal.Errors : null);
}
