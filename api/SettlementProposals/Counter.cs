using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.SettlementProposals;

/// <summary>A bank offers other terms than were proposed; the agency accepts or declines them.</summary>
internal static class Counter
{
    private static readonly Sql Insert = new("""
        INSERT INTO settlement_counter (bank_id, settlement_proposal_id, agency_id, case_id, kind, amount, pay_by, instalments, first_due_on, waiver, agree_by, balance, reason,
            person_id, client_id, countered_at)
        VALUES (@tenant, @id, @agency, @case, @kind, @amount, @payBy, @instalments, @firstDueOn, @waiver, @agreeBy, @balance, @reason,
            @person, @client, @now)
        """);

    public static void Map(RouteGroupBuilder proposals) => proposals.MapPost("/{id}/counter", HandleAsync)
        .Describe("SettlementProposals_Counter", Scopes.SettlementProposalsReview, "Offer other terms", "Binds the bank once the agency accepts; a concession that needs two approvers needs them still, and whoever wrote the offer is none of them. One counter-offer a proposal.")
        .Returns<SettlementProposal>(StatusCodes.Status201Created)
        .Refuses([
            HttpProblems.WrongTenantKind, SettlementProposalProblems.WrongCurrency, SettlementProposalProblems.NoConcession, SettlementProposalProblems.MoreThanOwed,
            SettlementProposalProblems.PayByPast, SettlementProposalProblems.TooLong, SettlementProposalProblems.Pending, SettlementProposalProblems.AccountResolved,
            SettlementProposalProblems.HasCounter, SettlementProposalProblems.HasFirstApproval, .. SettlementProposalProblems.Closed])
        .On(Get.ReadAsync, SettlementProposalProblems.NotFound);

    private static async Task<Answer<SettlementProposal>> HandleAsync(Id id, SettlementCounterOffer offer, Work work, CancellationToken cancellation)
    {
        var (proposal, account) = await Decision.OpenAsync(work, id, cancellation);
        var today = SettlementProposalRow.Today(work);
        if (proposal.CounteredAt is not null && proposal.StateOn(today) is SettlementProposalState.Submitted or SettlementProposalState.Countered)
        {
            throw SettlementProposalProblems.HasCounter.Refuse();
        }

        Decision.RequireSubmitted(work, proposal);
        await Decision.RefuseSecondConcessionAsync(work, account, cancellation);
        if (proposal.FirstApprovedAt is not null)
        {
            throw SettlementProposalProblems.HasFirstApproval.Refuse();
        }

        if (offer.Amount.Currency != account.Currency)
        {
            throw SettlementProposalProblems.WrongCurrency.Refuse();
        }

        var terms = SettlementTerms.Of(offer);
        terms.Check(today, account.Owed.Total, account.Owed.Fees);
        await work.Db.ExecuteAsync(Insert, new
        {
            tenant = work.Tenant,
            id,
            agency = proposal.AgencyId,
            @case = proposal.CaseId,
            kind = Words.Of(terms.Kind),
            terms.Amount,
            terms.PayBy,
            terms.Instalments,
            terms.FirstDueOn,
            terms.Waiver,
            terms.AgreeBy,
            balance = account.Owed.Total,
            offer.Reason,
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }, cancellation);
        await Decision.TellAsync(work, proposal.Id, proposal.AgencyId, proposal.CaseId, proposal.AccountId, "countered");
        return Answer.Created($"/v1/settlement-proposals/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}

/// <summary>The terms to offer instead.</summary>
/// <param name="Kind">What is offered; it may be another kind than was proposed.</param>
/// <param name="Amount">What the debtor would pay in all, in the account's currency: of a lump sum less than is owed; with a fee waiver no more than is owed without it.</param>
/// <param name="PayBy">The last day to pay it on; today or later, of an extension within 60 months. Not with instalments.</param>
/// <param name="Instalments">With instalments: how many, a month apart; 2 to 60 (CN-PLAN-01).</param>
/// <param name="FirstDueOn">With instalments: the last day of the first; today or later.</param>
/// <param name="Waiver">With a fee waiver: the fees to be waived, no more than are owed.</param>
/// <param name="Reason">A remark for the agency; up to 400 characters, no debtor's private data.</param>
public sealed record SettlementCounterOffer(
    SettlementKind Kind, Money Amount, DateOnly? PayBy = null, int? Instalments = null, DateOnly? FirstDueOn = null, Money? Waiver = null, string? Reason = null) : IOffer
{
    private sealed class Rules : SettlementTerms.OfferRules<SettlementCounterOffer>
    {
        public Rules() => RuleFor(c => c.Reason).MaximumLength(400);
    }
}
