using Agency.Api.Agreements;
using Agency.Api.Data;
using Agency.Api.EvidenceFiles;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.SettlementProposals;

/// <summary>
/// A bank agrees to the terms, and is bound by them. Above the agreement's limit two different people agree, and nobody who wrote the
/// counter-offer or verified evidence is one of them.
/// </summary>
internal static class Approve
{
    public static void Map(RouteGroupBuilder proposals) => proposals.MapPost("/{id}/approval", HandleAsync)
        .Describe("SettlementProposals_Approve", Scopes.SettlementProposalsApprove, "Approve a settlement proposal", "Binds the bank: once confirmed money paid by the date reaches the amount, the rest is waived and the account is settled; instalments and an extension come into force with the debtor's signature. A concession above the agreement's limit stays submitted until a second approver, another person, approves as well.")
        .Returns<SettlementProposal>(StatusCodes.Status201Created)
        .Refuses([
            HttpProblems.WrongTenantKind, SettlementProposalProblems.Pending, SettlementProposalProblems.AccountResolved, SettlementProposalProblems.TookPart,
            SettlementProposalProblems.ClientIsSecond, SettlementProposalProblems.IsCountered, .. SettlementProposalProblems.Closed])
        .On(Get.ReadAsync, SettlementProposalProblems.NotFound);

    private static async Task<Answer<SettlementProposal>> HandleAsync(Id id, SettlementProposalApproval approval, Work work, CancellationToken cancellation)
    {
        var (proposal, account) = await Decision.OpenAsync(work, id, cancellation);
        Decision.RequireSubmitted(work, proposal);
        await Decision.RefuseSecondConcessionAsync(work, account, cancellation);
        await RefuseWhoTookPartAsync(work, proposal, cancellation);

        var agreed = await AgreementTerms.OfCaseAsync(work, work.Tenant, proposal.CaseId);
        if (proposal.FirstApprovedAt is null && Limits.NeedsTwo(agreed, proposal.Terms, proposal.Currency, proposal.BalanceThen))
        {
            await Decision.WriteAsync(work, proposal, "first_approved", approval.Reason);
        }
        else
        {
            await Decision.ApproveAsync(work, proposal, account, agreed, approval.Reason, cancellation);
        }

        return Answer.Created($"/v1/settlement-proposals/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }

    private static async Task RefuseWhoTookPartAsync(Work work, SettlementProposalRow proposal, CancellationToken cancellation)
    {
        if (proposal.FirstApprovedAt is not null && work.Caller.Person is null)
        {
            throw SettlementProposalProblems.ClientIsSecond.Refuse();
        }

        if ((proposal.FirstApprovedAt is not null && IsCaller(proposal.FirstPersonId, proposal.FirstClientId))
            || (proposal.CounteredAt is not null && IsCaller(proposal.CounterPersonId, proposal.CounterClientId))
            || (await ListOfProposal.AllAsync(work, work.Tenant, proposal.Id, cancellation)).Any(file => file.VerifiedAt is not null && IsCaller(file.VerifierId, file.VerifierClient)))
        {
            throw SettlementProposalProblems.TookPart.Refuse();
        }

        // Whoever comes without a person is the client, and that is one person.
        bool IsCaller(Id? person, string? client) => person is { } known ? known == work.Caller.Person : work.Caller.Person is null && client == work.Caller.Client;
    }
}

/// <summary>The approval.</summary>
/// <param name="Reason">A remark for the agency; up to 400 characters, no debtor's private data.</param>
public sealed record SettlementProposalApproval(string? Reason = null)
{
    private sealed class Rules : AbstractValidator<SettlementProposalApproval>
    {
        public Rules() => RuleFor(a => a.Reason).MaximumLength(400);
    }
}
