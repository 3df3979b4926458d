using System.Text.Json;
using Agency.Api.Agreements;
using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Holds;
using Agency.Api.Http;
using Agency.Api.RepaymentPlans;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.SettlementProposals;

/// <summary>An agency proposes that a debt be settled on other terms than all of it at once.</summary>
internal static class Submit
{
    private static readonly Sql OfAccount = new($"SELECT {SettlementProposalRow.Columns} FROM {SettlementProposalRow.Tables} WHERE p.bank_id = @bank AND p.account_id = @account");

    private static readonly Sql Insert = new("""
        INSERT INTO settlement_proposal (bank_id, id, agency_id, case_id, account_id, kind, amount, currency, pay_by, reason_cipher, agency_reference,
            person_id, client_id, submitted_at, instalments, first_due_on, waiver, agree_by, balance, circumstances_cipher)
        VALUES (@bank, @id, @tenant, @case, @account, @kind, @amount, @currency, @payBy, @reason, @agencyReference,
            @person, @client, @now, @instalments, @firstDueOn, @waiver, @agreeBy, @balance, @circumstances)
        """);

    public static void Map(RouteGroupBuilder ofCase) => ofCase.MapPost("/", HandleAsync)
        .Describe("SettlementProposals_Create", Scopes.SettlementProposalsWrite, "Propose a settlement", "One payment of less than is owed, monthly instalments, a later day to pay, or a part of the fees waived, with the debtor's circumstances, within what the agreement lets the agency offer. The bank decides.")
        .Returns<SettlementProposal>(StatusCodes.Status201Created)
        .Refuses(
            HttpProblems.WrongTenantKind, SettlementProposalProblems.WrongCurrency, SettlementProposalProblems.NoConcession, SettlementProposalProblems.MoreThanOwed,
            SettlementProposalProblems.PayByPast, SettlementProposalProblems.TooLong, SettlementProposalProblems.TooManyInstalments, SettlementProposalProblems.BelowLeastAmount,
            SettlementProposalProblems.AboveDiscountLimit, SettlementProposalProblems.Pending,
            CaseProblems.IsRecallPending, CaseProblems.IsRecallObjected, CaseProblems.IsReturnRequested, HoldProblems.CaseOnHold)
        .On(Cases.Get.ReadAsync, CaseProblems.NotFound);

    private static async Task<Answer<SettlementProposal>> HandleAsync(Id id, NewSettlementProposal proposal, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Agency);
        var found = await Reply.LockCaseAsync(work, id, cancellation) ?? throw CaseProblems.NotFound.Refuse();

        // An agency that is about to lose the case makes no new offers on it.
        found.Case.RequireActive();
        await HoldGuard.RefuseIfHeldAsync(work, found.Case, HeldWork.Arrangement, cancellation);
        var (terms, balance) = await CheckAsync(work, found, proposal, cancellation);

        var bank = found.Case.BankId;
        var submitted = work.NewId();
        await work.Db.ExecuteAsync(Insert, new
        {
            bank,
            id = submitted,
            tenant = work.Tenant,
            @case = id,
            account = found.Case.AccountId,
            kind = Words.Of(terms.Kind),
            terms.Amount,
            proposal.Amount.Currency,
            terms.PayBy,
            reason = work.PrivateFields.Encrypt(bank, "settlement_proposal", "reason_cipher", submitted, proposal.Reason),
            proposal.AgencyReference,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
            terms.Instalments,
            terms.FirstDueOn,
            terms.Waiver,
            terms.AgreeBy,
            balance,
            circumstances = proposal.Circumstances is null
                ? null
                : work.PrivateFields.Encrypt(bank, "settlement_proposal", "circumstances_cipher", submitted, JsonSerializer.Serialize(proposal.Circumstances, Json.Options)),
        }, cancellation);
        await work.AuditAsync("settlement_proposal.submitted", submitted);
        await work.EmitAsync(new("settlement_proposal.submitted", submitted, bank, work.Tenant, id, found.Case.AccountId));
        return Answer.Created($"/v1/settlement-proposals/{submitted}", (await Get.ReadAsync(work, submitted, cancellation))!);
    }

    private static async Task<(SettlementTerms Terms, long Balance)> CheckAsync(Work work, CaseWithAccount found, NewSettlementProposal proposal, CancellationToken cancellation)
    {
        var account = found.Account;
        if (proposal.Amount.Currency != account.Currency)
        {
            throw SettlementProposalProblems.WrongCurrency.Refuse();
        }

        var (terms, balance, today) = (SettlementTerms.Of(proposal), account.Balance.Total.Amount, SettlementProposalRow.Today(work));
        terms.Check(today, balance, account.Balance.Fees.Amount);
        Limits.Check(await AgreementTerms.OfCaseAsync(work, found.Case.BankId, found.Case.CaseId), terms, account.Currency, balance);

        // What another agency agreed before binds too; what it negotiated is not seen.
        var others = await work.Db.ListAsync<SettlementProposalRow>(OfAccount, new { bank = found.Case.BankId, account = found.Case.AccountId }, cancellation);
        if (others.Any(other => other.StateOn(today) is SettlementProposalState.Submitted or SettlementProposalState.Countered)
            || await StandingPlans.AnyAsync(work, found.Case.BankId, found.Case.AccountId, today, cancellation))
        {
            throw SettlementProposalProblems.Pending.Refuse();
        }

        return (terms, balance);
    }
}

/// <summary>The settlement to propose.</summary>
/// <param name="Kind">What is proposed.</param>
/// <param name="Amount">What the debtor would pay in all, in the account's currency: of a lump sum less than is owed; with a fee waiver no more than is owed without it.</param>
/// <param name="Reason">The debtor's reason; 1 to 4,000 characters. Kept encrypted.</param>
/// <param name="PayBy">The last day to pay it on; today or later, of an extension within 60 months. Not with instalments.</param>
/// <param name="Instalments">With instalments: how many, a month apart; 2 to 60 (CN-PLAN-01), and no more than the agreement allows.</param>
/// <param name="FirstDueOn">With instalments: the last day of the first; today or later.</param>
/// <param name="Waiver">With a fee waiver: the fees to be waived, no more than are owed.</param>
/// <param name="Circumstances">What the debtor says of himself.</param>
/// <param name="AgencyReference">The agency's own number for it; up to 64 characters.</param>
public sealed record NewSettlementProposal(
    SettlementKind Kind, Money Amount, string Reason, DateOnly? PayBy = null, int? Instalments = null, DateOnly? FirstDueOn = null, Money? Waiver = null,
    Circumstances? Circumstances = null, string? AgencyReference = null) : IOffer
{
    private sealed class Rules : SettlementTerms.OfferRules<NewSettlementProposal>
    {
        public Rules()
        {
            RuleFor(p => p.Reason).NotEmpty().MaximumLength(4000);
            RuleFor(p => p.AgencyReference).MaximumLength(64);
            When(p => p.Circumstances is not null, () => RuleFor(p => p.Circumstances!).ChildRules(said =>
            {
                said.RuleFor(c => c.Assets).MaximumLength(2000);
                said.RuleFor(c => c.Household).MaximumLength(2000);
                said.When(c => c.MonthlyIncome is not null, () => said.RuleFor(c => c.MonthlyIncome!.Amount).GreaterThanOrEqualTo(0));
            }));
        }
    }
}
