using Agency.Api.Accounts;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.SettlementProposals;

/// <summary>The bank's decisions on a proposal, each written once and never changed.</summary>
internal static class Decision
{
    private static readonly Sql FindAccount = new("SELECT account_id FROM settlement_proposal WHERE bank_id = @tenant AND id = @id");

    private static readonly Sql Insert = new("""
        INSERT INTO settlement_proposal_decision (bank_id, settlement_proposal_id, decision, agency_id, reason, person_id, client_id, decided_at)
        VALUES (@tenant, @id, @decision, @agency, @reason, @person, @client, @now)
        """);

    /// <summary>Answers a proposal that is still submitted. The account is locked first, so that two answers come one after the other.</summary>
    public static async Task<Answer<SettlementProposal>> AnswerAsync(Work work, Id id, SettlementProposalState decision, string? reason, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var accountId = await work.Db.FindAsync<Id?>(FindAccount, new { tenant = work.Tenant, id }, cancellation) ?? throw SettlementProposalProblems.NotFound.Refuse();
        var account = await LockedAccount.ReadAsync(work, accountId);
        var proposal = await Get.FindAsync(work, id, cancellation) ?? throw SettlementProposalProblems.NotFound.Refuse();
        if (proposal.StateOn(SettlementProposalRow.Today(work)) is var state and not SettlementProposalState.Submitted)
        {
            throw SettlementProposalProblems.Is(state).Refuse();
        }

        if (decision == SettlementProposalState.Approved)
        {
            await RefuseSecondConcessionAsync(work, account, cancellation);
        }

        await WriteAsync(work, proposal, decision, reason);

        // The money may have come before the approval did.
        await Completion.ResolveIfPaidAsync(work, account, cancellation);
        return Answer.Created($"/v1/settlement-proposals/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }

    // A concession binds the bank after a recall too, and the agency that proposes next can't see the former one's.
    private static async Task RefuseSecondConcessionAsync(Work work, LockedAccount account, CancellationToken cancellation)
    {
        if (account.State == Words.Of(AccountState.Resolved))
        {
            throw SettlementProposalProblems.AccountResolved.Refuse();
        }

        var others = await work.Db.ListAsync<SettlementProposalRow>(Completion.Approved, new { tenant = work.Tenant, account = account.Id }, cancellation);
        if (others.Any(other => other.StateOn(SettlementProposalRow.Today(work)) == SettlementProposalState.Approved))
        {
            throw SettlementProposalProblems.Pending.Refuse();
        }
    }

    public static async Task WriteAsync(Work work, SettlementProposalRow proposal, SettlementProposalState decision, string? reason)
    {
        await work.Db.ExecuteAsync(Insert, new
        {
            tenant = work.Tenant,
            id = proposal.Id,
            decision = Words.Of(decision),
            agency = proposal.AgencyId,
            reason,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        });
        await work.AuditAsync($"settlement_proposal.{Words.Of(decision)}", proposal.Id);
        await work.EmitAsync(new($"settlement_proposal.{Words.Of(decision)}", proposal.Id, work.Tenant, proposal.AgencyId, proposal.CaseId, proposal.AccountId));
    }
}
