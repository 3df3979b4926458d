using System.Text.Json;
using Agency.Api.Assignments;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Identity;
using Agency.Api.Teams;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.Cases;

/// <summary>
/// A manager, or a supervisor within the own team, splits cases evenly over collectors. They are dealt out one by one in the order
/// they were made, beginning with the first collector, so that of the cases given no collector gets more than one beyond another;
/// what they have already is not counted.
/// </summary>
internal static class Distribute
{
    /// <summary>More than these are distributed by calling again.</summary>
    public const int MaxCases = 1000;

    private static readonly Sql Named = new(
        $"""
        SELECT {DeskCase.Columns}
        FROM OPENJSON(@ids) WITH (value char(32) COLLATE Latin1_General_100_BIN2 '$') AS v
        INNER JOIN [case] AS c ON c.agency_id = @tenant AND c.id = CONVERT(binary(16), v.value, 2)
        INNER JOIN account AS a ON a.bank_id = c.bank_id AND a.id = c.account_id AND c.ended_at IS NULL
        LEFT JOIN case_desk AS k WITH (UPDLOCK, HOLDLOCK) ON k.agency_id = c.agency_id AND k.case_id = c.id
        """,
        $"""
        SELECT {DeskCase.Columns}
        FROM json_each(@ids) AS v
        CROSS JOIN [case] AS c ON c.agency_id = @tenant AND c.id = unhex(v.value)
        INNER JOIN account AS a ON a.bank_id = c.bank_id AND a.id = c.account_id AND c.ended_at IS NULL
        LEFT JOIN case_desk AS k ON k.agency_id = c.agency_id AND k.case_id = c.id
        """);

    private static readonly Sql WithoutCollector = new($"""
        SELECT TOP (@take) {DeskCase.Columns}
        FROM {DeskCase.Tables}
        WHERE c.agency_id = @tenant AND c.assignment_id = @assignmentId AND k.collector_id IS NULL
        ORDER BY c.id
        """);

    private static readonly Sql OfCollector = new($"""
        SELECT TOP (@take) {DeskCase.Columns}
        FROM case_desk AS k WITH (UPDLOCK, HOLDLOCK)
        INNER JOIN [case] AS c ON c.bank_id = k.bank_id AND c.id = k.case_id
        INNER JOIN account AS a ON a.bank_id = c.bank_id AND a.id = c.account_id AND c.ended_at IS NULL
        WHERE k.agency_id = @tenant AND k.collector_id = @fromPersonId AND (@assignmentId IS NULL OR c.assignment_id = @assignmentId)
        ORDER BY k.case_id
        """);

    public static void Map(RouteGroupBuilder cases) => cases.MapPost("/distribution", HandleAsync)
        .Describe("Cases_Distribute", Scopes.CasesDistribute, "Distribute cases over collectors", "Splits cases evenly over the people named or a team's collectors: the cases named, those of an assignment that have no collector, or those of a person, who leaves. Of the cases given no collector gets more than one beyond another. At most 1,000 cases a call; while the answer says more, call again.")
        .Returns<Distribution>()
        .Refuses(HttpProblems.WrongTenantKind, CaseProblems.NotFound, AssignmentProblems.NotFound, TeamProblems.PersonNotFound, TeamProblems.NotFound, DeskProblems.NoDesk, DeskProblems.NoCollector, DeskProblems.NotOwnTeam);

    private static async Task<Answer<Distribution>> HandleAsync(CaseDistribution distribution, Work work, People people, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var receivers = new Receivers(work, people);
        var desks = distribution.TeamId is { } team ? await receivers.CollectorsAsync(team, cancellation) : await PeopleAsync(receivers, distribution.ToPersonIds!, cancellation);
        desks = [.. desks.Where(desk => desk.Collector != distribution.FromPersonId || distribution.FromPersonId is null)];
        if (desks.Count == 0)
        {
            throw DeskProblems.NoCollector.Refuse();
        }

        var found = distribution.CaseIds is { } ids ? await NamedAsync(work, ids, cancellation) : await FoundAsync(work, distribution, cancellation);
        var cases = found.Take(MaxCases).ToList();
        foreach (var from in cases.Select(@case => @case.TeamId).Distinct().ToList())
        {
            await receivers.RequireOwnAsync(from, cancellation);
        }

        var dealt = cases.Index().Select(one => (Case: one.Item, Desk: desks[one.Index % desks.Count])).ToList();
        await Desks.PlaceAsync(work, dealt);
        var counts = dealt.CountBy(one => one.Desk).ToDictionary();
        return Answer.Ok(new Distribution([.. desks.Select(desk => new DistributedCases(desk.Collector!.Value, counts.GetValueOrDefault(desk)))], found.Count > cases.Count));
    }

    private static async Task<IReadOnlyList<Desk>> PeopleAsync(Receivers receivers, IReadOnlyList<Id> people, CancellationToken cancellation)
    {
        var desks = new List<Desk>(people.Count);
        foreach (var person in people)
        {
            desks.Add(await receivers.PersonAsync(person, cancellation));
        }

        return desks;
    }

    // One that the caller can't see undoes all: half a distribution is nobody's wish.
    private static async Task<IReadOnlyList<DeskCase>> NamedAsync(Work work, IReadOnlyList<Id> ids, CancellationToken cancellation)
    {
        var json = JsonSerializer.Serialize(ids.Select(id => Convert.ToHexString(id.ToBytes())));
        var found = (await work.Db.ListAsync<DeskCase>(Named, new { tenant = work.Tenant, ids = json }, cancellation)).ToDictionary(@case => @case.CaseId);
        FieldError[] missing = [.. ids.Index().Where(id => !found.ContainsKey(id.Item)).Select(id => new FieldError($"/caseIds/{id.Index}", "not_found", CaseProblems.NotFound.Title))];
        return missing.Length > 0 ? throw CaseProblems.NotFound.Refuse(missing) : [.. found.Values.OrderBy(@case => @case.CaseId)];
    }

    private static async Task<IReadOnlyList<DeskCase>> FoundAsync(Work work, CaseDistribution distribution, CancellationToken cancellation)
    {
        if (distribution.AssignmentId is { } assignment && await Assignments.Get.FindAsync(work, assignment, cancellation) is null)
        {
            throw AssignmentProblems.NotFound.Refuse();
        }

        return await work.Db.ListAsync<DeskCase>(
            distribution.FromPersonId is null ? WithoutCollector : OfCollector,
            new { tenant = work.Tenant, assignmentId = distribution.AssignmentId, fromPersonId = distribution.FromPersonId, take = MaxCases + 1 },
            cancellation);
    }
}

/// <summary>How cases are split.</summary>
public enum DistributionMode
{
    /// <summary>Nobody gets more than one case beyond another.</summary>
    Even,
}

/// <summary>Which cases to distribute over whom.</summary>
/// <param name="CaseIds">These cases, 1 to 1000, each once; nothing is distributed when one of them is not there.</param>
/// <param name="AssignmentId">Those of this assignment that have no collector yet; with a person to take from, that person's.</param>
/// <param name="FromPersonId">Those on this person's desk, who need not work here any more.</param>
/// <param name="ToPersonIds">Over these people, 1 to 100, each once.</param>
/// <param name="TeamId">Over the collectors of this team.</param>
/// <param name="Mode">How to split them.</param>
public sealed record CaseDistribution(
    IReadOnlyList<Id>? CaseIds = null, Id? AssignmentId = null, Id? FromPersonId = null, IReadOnlyList<Id>? ToPersonIds = null, Id? TeamId = null,
    DistributionMode Mode = DistributionMode.Even)
{
    private sealed class Rules : AbstractValidator<CaseDistribution>
    {
        public Rules()
        {
            RuleFor(d => d.CaseIds).Must((d, ids) => ids is null != (d.AssignmentId is null && d.FromPersonId is null)).WithMessage("Either cases, or an assignment or a person to take them from.");
            RuleFor(d => d.CaseIds).Must(ids => ids is null || (ids.Count is >= 1 and <= Distribute.MaxCases && ids.Distinct().Count() == ids.Count)).WithMessage("1 to 1000 cases, each once.");
            RuleFor(d => d.ToPersonIds).Must((d, people) => people is null != d.TeamId is null).WithMessage("Either people or a team to give them to.");
            RuleFor(d => d.ToPersonIds).Must(people => people is null || (people.Count is >= 1 and <= 100 && people.Distinct().Count() == people.Count)).WithMessage("1 to 100 people, each once.");
            RuleFor(d => d.ToPersonIds).Must((d, people) => people is null || d.FromPersonId is null || !people.Contains(d.FromPersonId.Value)).WithMessage("The person to take from gets none.");
        }
    }
}

/// <summary>What was distributed.</summary>
/// <param name="Items">Who got how many, in the order they were named or, for a team, in the order its collectors joined the agency.</param>
/// <param name="More">Whether cases are left, since a call takes 1,000: call again.</param>
public sealed record Distribution(IReadOnlyList<DistributedCases> Items, bool More);

/// <summary>How many cases a collector got.</summary>
/// <param name="PersonId">The collector.</param>
/// <param name="Cases">How many of the cases given.</param>
public sealed record DistributedCases(Id PersonId, int Cases);
