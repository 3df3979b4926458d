using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Http;
using FluentValidation;

namespace Agency.Api.SettlementProposals;

/// <summary>What an agency says to its own proposal after it was made, while its case is open. Each is written once.</summary>
internal static class Reply
{
    private static readonly Sql LockCase = new("SELECT id FROM [case] WITH (UPDLOCK, HOLDLOCK) WHERE agency_id = @tenant AND id = @id");

    // The bank, which decides, and the agency, which replies, see no common row to lock but this one.
    internal static readonly Sql Lock = new("SELECT id FROM settlement_proposal WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @bank AND id = @id");

    private static readonly Sql Insert = new("""
        INSERT INTO settlement_reply (bank_id, settlement_proposal_id, reply, agency_id, case_id, reason, person_id, client_id, replied_at)
        VALUES (@bank, @id, @reply, @tenant, @case, @reason, @person, @client, @now)
        """);

    /// <summary>The agency's case, locked; null when it sees none that is open.</summary>
    public static async Task<CaseWithAccount?> LockCaseAsync(Work work, Id id, CancellationToken cancellation)
    {
        _ = await work.Db.FindAsync<Id?>(LockCase, new { tenant = work.Tenant, id }, cancellation);
        return await Cases.Get.FindAsync(work, id, cancellation);
    }

    /// <summary>Writes the reply, which the proposal must be in one of these states for.</summary>
    public static async Task<SettlementProposalRow> WriteAsync(Work work, Id id, string reply, string? reason, CancellationToken cancellation, params SettlementProposalState[] from)
    {
        work.Require(TenantKind.Agency);
        var known = await Get.FindAsync(work, id, cancellation) ?? throw SettlementProposalProblems.NotFound.Refuse();
        var found = await LockCaseAsync(work, known.CaseId, cancellation) ?? throw CaseProblems.NotFound.Refuse();
        _ = await work.Db.FindAsync<Id?>(Lock, new { bank = known.BankId, id }, cancellation);
        var proposal = await Get.FindAsync(work, id, cancellation) ?? throw SettlementProposalProblems.NotFound.Refuse();
        if (proposal.StateOn(SettlementProposalRow.Today(work)) is var state && !from.Contains(state))
        {
            throw SettlementProposalProblems.Is(state).Refuse();
        }

        await work.Db.ExecuteAsync(Insert, new
        {
            bank = proposal.BankId,
            id,
            reply,
            tenant = work.Tenant,
            @case = proposal.CaseId,
            reason,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }, cancellation);
        await work.AuditAsync($"settlement_proposal.{reply}", id);
        await work.EmitAsync(new($"settlement_proposal.{reply}", id, proposal.BankId, work.Tenant, found.Case.CaseId, proposal.AccountId));
        return proposal;
    }
}

/// <summary>An agency's reply.</summary>
/// <param name="Reason">Why; up to 400 characters, no debtor's private data.</param>
public sealed record SettlementReply(string? Reason = null)
{
    private sealed class Rules : AbstractValidator<SettlementReply>
    {
        public Rules() => RuleFor(r => r.Reason).MaximumLength(400);
    }
}
