using Agency.Api.ContactPoints;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Party = Agency.Api.ContactRecords.Party;

namespace Agency.Api.Cases;

/// <summary>A person opens a case to work it and is shown whom to reach and how: in one step, without a reason, each time written down and counted.</summary>
internal static class OpenForWork
{
    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/{id}/work", HandleAsync)
        .Describe("Cases_Work", Scopes.PiiRead, "Open a case for work", "The debtor's name and all contact points in full, for a person about to work an open case; the id number is not among them and takes a reveal. Each time is written to the audit trail and counted: above a number a day that is set for each role, the tenant and the bank are told. An Idempotency-Key has no meaning here, so that no copy is kept.")
        .Returns<WorkedDebtor>()
        .Refuses([HttpProblems.PeopleOnly, .. CaseProblems.Ended])
        .WithMetadata(new NeverReplayed())
        .On(Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<WorkedDebtor>> HandleAsync(Id id, Work work, WorkAlarm alarm, CancellationToken cancellation)
    {
        var person = work.Caller.Person ?? throw HttpProblems.PeopleOnly.Refuse();
        var found = await Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        found.Case.RequireOpen();
        var points = await ContactPoints.List.ReadAsync(work, found.Case, cancellation);
        await work.AuditAsync("case.worked", id);
        await alarm.CountAsync(work, person, found.Case, cancellation);
        return Answer.Ok(new WorkedDebtor(
            found.Account.Name(work.PrivateFields),
            found.Account.TimeZone,
            [.. points.Select(point => WorkedContactPoint.Of(point, work.PrivateFields))]));
    }
}

/// <summary>Whom to reach, as it is needed to do so.</summary>
/// <param name="Name">The debtor's name.</param>
/// <param name="TimeZone">Where the debtor lives: an IANA name.</param>
/// <param name="ContactPoints">Every contact point that the caller sees.</param>
public sealed record WorkedDebtor(string Name, string TimeZone, IReadOnlyList<WorkedContactPoint> ContactPoints);

/// <summary>A contact point in full, with what is known of it.</summary>
/// <param name="Id">The contact point.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Value">As it is dialled or written to.</param>
/// <param name="Status">Whether it works and may be used.</param>
/// <param name="Party">Whom it reaches.</param>
/// <param name="Holder">The name of whom it reaches, where that is not the debtor.</param>
/// <param name="Consent">Whether its holder agreed to be contacted there.</param>
public sealed record WorkedContactPoint(Id Id, ContactPointKind Kind, string Value, ContactPointStatus Status, Party Party, string? Holder, Consent Consent)
{
    internal static WorkedContactPoint Of(ContactPointRow row, PrivateFields fields) => new(
        row.Id, Words.Read<ContactPointKind>(row.Kind), row.Value(fields), Words.Read<ContactPointStatus>(row.Status),
        Words.Read<Party>(row.Party), row.Holder(fields), Words.Read<Consent>(row.Consent));
}
