using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Holds;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.SettlementProposals;

/// <summary>An agency proposes that a debt be settled for less than is owed.</summary>
internal static class Submit
{
    private static readonly Sql OfAccount = new($"SELECT {SettlementProposalRow.Columns} FROM {SettlementProposalRow.Tables} WHERE p.bank_id = @bank AND p.account_id = @account");
    private static readonly Sql LockCase = new("SELECT id FROM [case] WITH (UPDLOCK, HOLDLOCK) WHERE agency_id = @tenant AND id = @id");

    private static readonly Sql Insert = new("""
        INSERT INTO settlement_proposal (bank_id, id, agency_id, case_id, account_id, kind, amount, currency, pay_by, reason_cipher, agency_reference,
            person_id, client_id, submitted_at)
        VALUES (@bank, @id, @tenant, @case, @account, @kind, @amount, @currency, @payBy, @reason, @agencyReference,
            @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder ofCase) => ofCase.MapPost("/", HandleAsync)
        .Describe("SettlementProposals_Create", Scopes.SettlementProposalsWrite, "Propose a settlement", "One payment of less than is owed, by a date, with the debtor's circumstances. The bank decides.")
        .Returns<SettlementProposal>(StatusCodes.Status201Created)
        .Refuses(
            HttpProblems.WrongTenantKind, SettlementProposalProblems.WrongCurrency, SettlementProposalProblems.NoConcession, SettlementProposalProblems.PayByPast,
            SettlementProposalProblems.Pending, CaseProblems.IsRecallPending, CaseProblems.IsRecallObjected, CaseProblems.IsReturnRequested, HoldProblems.CaseOnHold)
        .On(Cases.Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<SettlementProposal>> HandleAsync(Id id, NewSettlementProposal proposal, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        _ = await work.Db.FindAsync<Id?>(LockCase, new { tenant = work.Tenant, id }, cancellation);
        var found = await Cases.Get.FindAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();

        // An agency that is about to lose the case makes no new offers on it.
        found.Case.RequireActive();
        await HoldGuard.RefuseIfHeldAsync(work, found.Case, HeldWork.Arrangement, cancellation);
        await CheckAsync(work, found, proposal, cancellation);

        var submitted = work.NewId();
        await work.Db.ExecuteAsync(Insert, new
        {
            bank = found.Case.BankId,
            id = submitted,
            tenant = work.Tenant,
            @case = id,
            account = found.Case.AccountId,
            kind = Words.Of(proposal.Kind),
            proposal.Amount.Amount,
            proposal.Amount.Currency,
            proposal.PayBy,
            reason = work.PrivateFields.Encrypt(found.Case.BankId, "settlement_proposal", "reason_cipher", submitted, proposal.Reason),
            proposal.AgencyReference,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }, cancellation);
        await work.AuditAsync("settlement_proposal.submitted", submitted);
        await work.EmitAsync(new("settlement_proposal.submitted", submitted, found.Case.BankId, work.Tenant, id, found.Case.AccountId));
        return Answer.Created($"/v1/settlement-proposals/{submitted}", (await Get.ReadAsync(work, submitted, cancellation))!);
    }

    private static async Task CheckAsync(Work work, CaseWithAccount found, NewSettlementProposal proposal, CancellationToken cancellation)
    {
        if (proposal.Amount.Currency != found.Account.Currency)
        {
            throw SettlementProposalProblems.WrongCurrency.Refuse();
        }

        if (proposal.Amount.Amount >= found.Account.Balance.Total.Amount)
        {
            throw SettlementProposalProblems.NoConcession.Refuse();
        }

        var today = SettlementProposalRow.Today(work);
        if (proposal.PayBy < today)
        {
            throw SettlementProposalProblems.PayByPast.Refuse();
        }

        var others = await work.Db.ListAsync<SettlementProposalRow>(OfAccount, new { bank = found.Case.BankId, account = found.Case.AccountId }, cancellation);
        if (others.Any(other => other.StateOn(today) is SettlementProposalState.Submitted or SettlementProposalState.Approved))
        {
            throw SettlementProposalProblems.Pending.Refuse();
        }
    }
}

/// <summary>The settlement to propose.</summary>
/// <param name="Kind">What is proposed.</param>
/// <param name="Amount">What the debtor would pay: less than is owed, in the account's currency.</param>
/// <param name="PayBy">The last day to pay it on; today or later.</param>
/// <param name="Reason">The debtor's circumstances; 1 to 4,000 characters. Kept encrypted.</param>
/// <param name="AgencyReference">The agency's own number for it; up to 64 characters.</param>
public sealed record NewSettlementProposal(SettlementKind Kind, Money Amount, DateOnly PayBy, string Reason, string? AgencyReference = null)
{
    private sealed class Rules : AbstractValidator<NewSettlementProposal>
    {
        public Rules()
        {
            RuleFor(p => p.Amount).MustBePositiveMoney();
            RuleFor(p => p.Reason).NotEmpty().MaximumLength(4000);
            RuleFor(p => p.AgencyReference).MaximumLength(64);
        }
    }
}
