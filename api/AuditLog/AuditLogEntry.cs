using System.ComponentModel;
using Agency.Api.Data;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.AuditLog;

/// <summary>One entry of an audit log: who did what to which thing, when and from where. Of the other side's, what was done and by whom.</summary>
/// <param name="Id">The entry.</param>
/// <param name="OccurredAt">When it was done.</param>
/// <param name="Action">The deed as noun.verb, past tense: <c>case.recalled</c>; <c>request.refused</c> for one that was not let happen.</param>
/// <param name="SubjectId">The thing it was done to.</param>
/// <param name="Detail">What belongs beside it; never a debtor's data. Of a refusal: the operation and the problem's code.</param>
/// <param name="Changes">What became different of the thing, before and after: states, ids, days, numbers and money. Absent where nothing did, where a thing was made, and of entries from before this was written down.</param>
/// <param name="PersonId">Who did it; absent for a client on its own, and for the system.</param>
/// <param name="ClientId">The client it came through.</param>
/// <param name="Address">The IP address it came from.</param>
/// <param name="TraceId">The trace of the request, as in problems and logs.</param>
/// <param name="SealNumber">Its place in the sealed chain; absent for about a second, until it is sealed.</param>
/// <param name="CaseId">The case whose other side reads it too; absent where nobody else does.</param>
public sealed record AuditLogEntry(
    Id Id, DateTimeOffset OccurredAt, string Action, Id? SubjectId, string? Detail, IReadOnlyList<AuditChange>? Changes, Id? PersonId, string? ClientId, string? Address, string? TraceId, long? SealNumber, Id? CaseId = null);

/// <summary>Which entries are asked for: those that fit all that is given.</summary>
public sealed record AuditLogFilter(
    [property: FromQuery(Name = "from"), Description("Only what was done at this instant or later.")] DateTimeOffset? From,
    [property: FromQuery(Name = "to"), Description("Only what was done before this instant.")] DateTimeOffset? To,
    [property: FromQuery(Name = "action"), Description("Only this deed: case.recalled.")] string? Action,
    [property: FromQuery(Name = "subject_id"), Description("Only what was done to this thing.")] Id? SubjectId,
    [property: FromQuery(Name = "person_id"), Description("Only what this person did.")] Id? PersonId,
    [property: FromQuery(Name = "client_id"), Description("Only what came through this client.")] string? ClientId)
{
    /// <summary>The conditions on an entry <c>e</c>, for statements whose parameters are <see cref="With"/>.</summary>
    internal const string Condition = """
        e.occurred_at >= @from AND e.occurred_at < @to
            AND (@action IS NULL OR e.action = @action)
            AND (@person IS NULL OR e.person_id = @person)
            AND (@client IS NULL OR e.client_id = @client)
        """;

    private static readonly DateTimeOffset Never = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    // An id is drawn after the instant that its entry names, and a deed takes no day: what lies outside need not be looked at.
    internal Id FirstId => From is { } from && from > DateTimeOffset.UnixEpoch ? Id.FirstAt(from) : default;

    internal Id EndId => To is { } to && to < Never.AddDays(-1) ? Id.FirstAt(to < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : to.AddDays(1)) : Id.FirstAt(Never);

    /// <summary>The parameters of a statement that filters: entries after an id, or those sealed after a number and up to the last.</summary>
    internal object With(int tenant, int take, Id after = default, long afterNumber = 0, long last = 0) => new
    {
        tenant,
        take,
        after,
        end = EndId,
        afterNumber,
        last,
        from = From ?? DateTimeOffset.UnixEpoch,
        to = To ?? Never,
        action = Action,
        subject = SubjectId,
        person = PersonId,
        client = ClientId,
    };
}

/// <summary>An entry with its seal, if it has one.</summary>
internal sealed record AuditLogRow(
    int TenantId, Id Id, DateTimeOffset OccurredAt, Id? PersonId, string? ClientId, string Action, Id? SubjectId, string? Detail, string? Changes, string? TraceId, byte[]? AddressCipher, Id? CaseId, long? SealNumber)
{
    public const string Columns = "e.tenant_id, e.id, e.occurred_at, e.person_id, e.client_id, e.action, e.subject_id, e.detail, e.changes, e.trace_id, e.address_cipher, e.case_id, s.number AS seal_number";

    public AuditLogEntry View(AuditWriter audit) =>
        new(Id, OccurredAt, Action, SubjectId == default(Id) ? null : SubjectId, Detail, BeforeAfter.Read(Changes), PersonId, ClientId, audit.AddressOf(TenantId, Id, AddressCipher), TraceId, SealNumber, CaseId);
}

/// <summary>An entry of the other side's: what it says of the case, and nothing of how that side works.</summary>
internal sealed record OtherSidesRow(Id Id, DateTimeOffset OccurredAt, Id? PersonId, string Action, Id? SubjectId, string? Changes, Id CaseId)
{
    private const string State = "state";

    public AuditLogEntry View() =>
        new(Id, OccurredAt, Action, SubjectId, Detail: null, BeforeAfter.Read(Changes)?.Where(change => change.Field == State).ToList(), PersonId, ClientId: null, Address: null, TraceId: null, SealNumber: null, CaseId);
}

internal static class AuditLogRoutes
{
    public static void Map(RouteGroupBuilder v1)
    {
        var log = v1.MapGroup("/audit-log").WithTags("AuditEntries");
        List.Map(log);
        GetCsv.Map(log);
    }
}
