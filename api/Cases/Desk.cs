using Agency.Api.AuditLog;
using Agency.Api.Data;
using Agency.Api.Events;
using Agency.Api.Http;

namespace Agency.Api.Cases;

/// <summary>An open case of an agency's and whose desk it lies on, as stored; <see cref="DeskOf"/> is null while nobody has had it.</summary>
internal sealed record DeskCase(Id CaseId, int BankId, Id AccountId, Id AssignmentId, Id? DeskOf, Id? CollectorId, Id? TeamId)
{
    public const string Columns = "c.id AS case_id, c.bank_id, c.account_id, c.assignment_id, k.case_id AS desk_of, k.collector_id, k.team_id";

    // The account is what an agency loses sight of first: without it there is nothing to distribute. It may see the account again by
    // a later case, and a case that has ended stays gone.
    public const string Tables = """
        [case] AS c
        INNER JOIN account AS a ON a.bank_id = c.bank_id AND a.id = c.account_id AND c.ended_at IS NULL
        LEFT JOIN case_desk AS k WITH (UPDLOCK, HOLDLOCK) ON k.agency_id = c.agency_id AND k.case_id = c.id
        """;
}

/// <summary>Whose desk: the collector, and the team whose supervisors see the case too.</summary>
internal sealed record Desk(Id? Collector, Id? Team);

/// <summary>Puts cases on desks. A case has one collector; to others of its agency but supervisors of its team and managers it does not exist.</summary>
internal static class Desks
{
    private static readonly Sql Find = new($"""
        SELECT {DeskCase.Columns}
        FROM {DeskCase.Tables}
        WHERE c.agency_id = @tenant AND c.id = @id
        """);

    private static readonly Sql Insert = new("""
        INSERT INTO case_desk (bank_id, agency_id, case_id, account_id, collector_id, team_id, agency_reference, changed_at)
        VALUES (@bank, @tenant, @id, @account, @collector, @team, @reference, @now)
        """);

    private static readonly Sql Move = new("""
        UPDATE case_desk
        SET collector_id = @collector, team_id = @team, changed_at = @now
        WHERE agency_id = @tenant AND case_id = @id
        """);

    private static readonly Sql SetReference = new("UPDATE case_desk SET agency_reference = @reference, changed_at = @now WHERE agency_id = @tenant AND case_id = @id");

    /// <summary>One case, locked; null when the caller can't see it.</summary>
    public static Task<DeskCase?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<DeskCase>(Find, new { tenant = work.Tenant, id }, cancellation);

    /// <summary>Moves cases; one that lies there already is left alone.</summary>
    public static async Task PlaceAsync(Work work, IEnumerable<(DeskCase Case, Desk Desk)> placed)
    {
        var moved = placed.Where(one => one.Case.DeskOf is null || one.Desk != new Desk(one.Case.CollectorId, one.Case.TeamId)).ToList();
        foreach (var fresh in moved.GroupBy(one => one.Case.DeskOf is null))
        {
            await work.Db.ExecuteAsync(fresh.Key ? Insert : Move, fresh.Select(one => new
            {
                tenant = work.Tenant,
                bank = one.Case.BankId,
                id = one.Case.CaseId,
                account = one.Case.AccountId,
                collector = one.Desk.Collector,
                team = one.Desk.Team,
                reference = (string?)null,
                now = work.Now,
            }).ToList());
        }

        await Event.WriteAsync(work.Db, moved.Select(one => (new Event("case.distributed", one.Case.CaseId, one.Case.BankId, work.Tenant, one.Case.CaseId, one.Case.AccountId), work.NewId())), work.Now);
        foreach (var one in moved)
        {
            await work.AuditAsync("case.distributed", one.Case.CaseId, one.Desk.Collector?.ToString(), BeforeAfter.Of(("collectorId", one.Case.CollectorId, one.Desk.Collector), ("teamId", one.Case.TeamId, one.Desk.Team)));
        }
    }

    /// <summary>Writes down the agency's own number for a case, wherever the case lies.</summary>
    public static Task ReferAsync(Work work, DeskCase @case, string? reference) => work.Db.ExecuteAsync(@case.DeskOf is null ? Insert : SetReference, new
    {
        tenant = work.Tenant,
        bank = @case.BankId,
        id = @case.CaseId,
        account = @case.AccountId,
        collector = @case.CollectorId,
        team = @case.TeamId,
        reference,
        now = work.Now,
    });
}
