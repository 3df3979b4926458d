using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.SettlementProposals;

/// <summary>The agency that made a proposal, or the bank, reads it.</summary>
internal static class Get
{
    private static readonly SidedSql Find = new($"SELECT {SettlementProposalRow.Columns} FROM {SettlementProposalRow.Tables} WHERE p.{{side}} = @tenant AND p.id = @id");

    public static void Map(RouteGroupBuilder proposals) => proposals.MapGet("/{id}", HandleAsync)
        .Describe("SettlementProposals_Get", Scopes.SettlementProposalsRead, "Read a settlement proposal", "One proposal, what both sides said to it, and what the debtor says of himself.")
        .Returns<SettlementProposal>()
        .On(ReadAsync, SettlementProposalProblems.NotFound);

    internal static async Task<SettlementProposal?> ReadAsync(Work work, Id id, CancellationToken cancellation) =>
        (await FindAsync(work, id, cancellation))?.View(work, whole: true);

    internal static Task<SettlementProposalRow?> FindAsync(Work work, Id id, CancellationToken cancellation) =>
        work.Db.FindAsync<SettlementProposalRow>(work.Side(Find), new { tenant = work.Tenant, id }, cancellation);

    private static async Task<Answer<SettlementProposal>> HandleAsync(Id id, Work work, CancellationToken cancellation) =>
        Answer.Ok(await ReadAsync(work, id, cancellation) ?? throw SettlementProposalProblems.NotFound.Refuse());
}
