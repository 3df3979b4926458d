using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;

namespace Agency.Api.SettlementProposals;

/// <summary>A bank agrees: if the amount is paid by the date, the rest is waived.</summary>
internal static class Approve
{
    public static void Map(RouteGroupBuilder proposals) => proposals.MapPost("/{id}/approval", HandleAsync)
        .Describe("SettlementProposals_Approve", Scopes.SettlementProposalsApprove, "Approve a settlement proposal", "Binds the bank: once confirmed money paid by the date reaches the amount, the rest is waived and the account is settled.")
        .Returns<SettlementProposal>(StatusCodes.Status201Created)
        .Refuses(
            HttpProblems.WrongTenantKind, SettlementProposalProblems.Pending, SettlementProposalProblems.AccountResolved, SettlementProposalProblems.IsApproved, SettlementProposalProblems.IsRejected,
            SettlementProposalProblems.IsCompleted, SettlementProposalProblems.IsExpired)
        .On(Get.ReadAsync, SettlementProposalProblems.NotFound);

    private static Task<Answer<SettlementProposal>> HandleAsync(Id id, SettlementProposalApproval approval, Work work, CancellationToken cancellation) =>
        Decision.AnswerAsync(work, id, SettlementProposalState.Approved, approval.Reason, cancellation);
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
