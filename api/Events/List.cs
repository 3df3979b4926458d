using System.ComponentModel;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Events;

/// <summary>What an event is about.</summary>
/// <param name="Kind">The kind of thing: the noun of the event's type.</param>
/// <param name="Id">The thing; its resource tells the rest.</param>
public sealed record EventSubject(string Kind, Id Id);

/// <summary>Something that happened between a bank and an agency. It names things and holds nothing of them.</summary>
/// <param name="Id">The event; the same however often it is read.</param>
/// <param name="Type">What happened, as noun.verb: repayment.confirmed. Types are added in time, so take one you don't know calmly.</param>
/// <param name="OccurredAt">When it happened.</param>
/// <param name="Subject">What it happened to.</param>
/// <param name="CaseId">The case it happened in.</param>
/// <param name="AccountId">The account it happened to; absent for the agency where its case has ended by it.</param>
public sealed record PublishedEvent(Id Id, string Type, DateTimeOffset OccurredAt, EventSubject Subject, Id? CaseId, Id? AccountId);

internal static class EventRoutes
{
    public static void Map(RouteGroupBuilder v1) => List.Map(v1.MapGroup("/events").WithTags("Events"));
}

/// <summary>Either side follows all that happens between it and the other.</summary>
internal static class List
{
    private const string CaseEnded = "case.ended";

    private static readonly SidedSql Page = new($$"""
        SELECT TOP (@take) {{EventRow.Columns}}
        FROM event AS e
        WHERE e.{side} = @tenant AND {{EventRow.InReach}}
        ORDER BY e.position
        """);

    private static readonly SidedSql PageOfKind = new($$"""
        SELECT TOP (@take) {{EventRow.Columns}}
        FROM event AS e
        WHERE e.{side} = @tenant AND e.subject = CAST(@kind AS varchar(30)) AND {{EventRow.InReach}}
        ORDER BY e.position
        """);

    private static readonly string Description = string.Join(
        ' ',
        (string[])[
            "All that happened between the caller and its banks or agencies, in an order that leaves nothing out; give the answer's changedAfter as changed_after next time. An event may come twice; its id tells.",
            "Types:", .. EventTypes.All.Select(type => $"`{type.Key}`: {type.Value}")]);

    public static void Map(RouteGroupBuilder events) => events.MapGet("/", HandleAsync)
        .Describe("Events_List", Scopes.EventsRead, "List events", Description)
        .Returns<Page<PublishedEvent>>()
        .Refuses(HttpProblems.LimitOutOfRange, HttpProblems.CursorInvalid, FeedProblems.Combined);

    private static async Task<Answer<Page<PublishedEvent>>> HandleAsync(
        [AsParameters] PageQuery page,
        [FromQuery(Name = "changed_after"), Description("Only what happened since: start, or the changedAfter of the answer before.")] string? changedAfter,
        [FromQuery(Name = "subject"), Description("Only events about this kind of thing, such as repayment.")] string? kind,
        Work work, Cursors cursors, HttpContext http, CancellationToken cancellation)
    {
        if (changedAfter is not null && page.Cursor is not null)
        {
            throw FeedProblems.Combined.Refuse();
        }

        if (kind is not null && !EventTypes.Kinds.Contains(kind))
        {
            throw HttpProblems.Malformed.Refuse(new FieldError("?subject", "event.kind_unknown", "There are no events about such a thing."));
        }

        var after = changedAfter is null ? Feed.Place(work, cursors, http, page) : Feed.Place(work, cursors, http, changedAfter);
        var upTo = await Feed.LimitAsync(work.Db, cancellation);
        var rows = await work.Db.ListAsync<EventRow>(work.Side(kind is null ? Page : PageOfKind), new { tenant = work.Tenant, kind, after, upTo, take = page.Take }, cancellation);
        var cut = cursors.Cut(http, work, page, rows, row => Feed.KeyOf(row.Position), row => View(work, row));
        return Answer.Ok(cut with { ChangedAfter = Feed.Seal(work, cursors, http, cut.Items.Count == 0 ? after : rows[cut.Items.Count - 1].Position) });
    }

    internal static PublishedEvent View(Work work, EventRow row) => new(
        row.Id, row.Type, row.OccurredAt, new EventSubject(row.Subject, row.SubjectId), row.CaseId,
        row.Type == CaseEnded && !work.Caller.IsBank ? null : row.AccountId);
}
