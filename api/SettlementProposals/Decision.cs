using Agency.Api.Accounts;
using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.RepaymentPlans;

namespace Agency.Api.SettlementProposals;

/// <summary>The bank's decisions on a proposal, each written once and never changed.</summary>
internal static class Decision
{
    private static readonly Sql FindAccount = new("SELECT account_id FROM settlement_proposal WHERE bank_id = @tenant AND id = @id");

    private static readonly Sql Insert = new("""
        INSERT INTO settlement_proposal_decision (bank_id, settlement_proposal_id, decision, agency_id, reason, person_id, client_id, decided_at)
        VALUES (@tenant, @id, @decision, @agency, @reason, @person, @client, @now)
        """);

    /// <summary>Locks the account and the proposal before it is read, so that two deeds on either come one after the other.</summary>
    public static async Task<(SettlementProposalRow Proposal, LockedAccount Account)> OpenAsync(Work work, Id id, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        var accountId = await work.Db.FindAsync<Id?>(FindAccount, new { tenant = work.Tenant, id }, cancellation) ?? throw SettlementProposalProblems.NotFound.Refuse();
        var account = await LockedAccount.ReadAsync(work, accountId);
        _ = await work.Db.FindAsync<Id?>(Reply.Lock, new { bank = work.Tenant, id }, cancellation);
        return (await Get.FindAsync(work, id, cancellation) ?? throw SettlementProposalProblems.NotFound.Refuse(), account);
    }

    public static void RequireSubmitted(Work work, SettlementProposalRow proposal)
    {
        if (proposal.StateOn(SettlementProposalRow.Today(work)) is var state and not SettlementProposalState.Submitted)
        {
            throw SettlementProposalProblems.Is(state).Refuse();
        }
    }

    /// <summary>A concession binds the bank after a recall too, and the agency that proposes next can't see what the former one negotiates.</summary>
    public static async Task RefuseSecondConcessionAsync(Work work, LockedAccount account, CancellationToken cancellation)
    {
        if (account.State == Words.Of(AccountState.Resolved))
        {
            throw SettlementProposalProblems.AccountResolved.Refuse();
        }

        if (await StandingPlans.AnyAsync(work, work.Tenant, account.Id, SettlementProposalRow.Today(work), cancellation))
        {
            throw SettlementProposalProblems.Pending.Refuse();
        }
    }

    /// <summary>Nothing more can be conceded on the account.</summary>
    public static async Task<bool> IsBoundAsync(Work work, LockedAccount account, CancellationToken cancellation) =>
        account.State == Words.Of(AccountState.Resolved) || await StandingPlans.AnyAsync(work, work.Tenant, account.Id, SettlementProposalRow.Today(work), cancellation);

    /// <summary>The bank is bound by the terms: they become a repayment plan.</summary>
    public static async Task ApproveAsync(Work work, SettlementProposalRow proposal, LockedAccount account, AgreementTerms agreed, string? reason, CancellationToken cancellation)
    {
        await WriteAsync(work, proposal, "approved", reason);
        await RepaymentPlanRow.InsertAsync(work, proposal, agreed.InstalmentGraceDays);

        // The money may have come before the approval did.
        await Completion.ResolveIfPaidAsync(work, account, cancellation);
    }

    public static async Task WriteAsync(Work work, SettlementProposalRow proposal, string decision, string? reason, string? changes = null)
    {
        await work.Db.ExecuteAsync(Insert, new
        {
            tenant = work.Tenant,
            id = proposal.Id,
            decision,
            agency = proposal.AgencyId,
            reason,
            person = work.Caller.Person,
            client = work.Caller.Client is "" ? null : work.Caller.Client,
            now = work.Now,
        });
        await TellAsync(work, proposal.Id, proposal.AgencyId, proposal.CaseId, proposal.AccountId, decision, changes);
    }

    /// <summary>Writes down what became of a proposal, and tells both sides.</summary>
    public static async Task TellAsync(Work work, Id id, int agency, Id @case, Id account, string deed, string? changes = null)
    {
        await work.AuditAsync($"settlement_proposal.{deed}", id, changes: changes);
        await work.EmitAsync(new($"settlement_proposal.{deed}", id, work.Tenant, agency, @case, account));
    }
}
