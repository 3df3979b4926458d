using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Repayments;

/// <summary>
/// A bank confirms a whole file of payments. Its count and its total are compared first, and a difference refuses it all; then each is
/// confirmed on its own, in one transaction, and one that is refused holds up no other.
/// </summary>
internal static class ConfirmBatch
{
    public static void Map(RouteGroupBuilder repayments) => repayments.MapPost("/confirmation", HandleAsync)
        .Describe("Repayments_ConfirmBatch", Scopes.RepaymentsConfirm, "Confirm many repayments", "Confirms 1 to 1,000 repayments of one currency. Count and total must be those of the items, or nothing is confirmed. Each item then gets an answer of its own, in their order: 201 when it is confirmed, or the status and the problem that it would have got alone; one whose amount is not the reported one is refused.")
        .Returns<RepaymentBatchResult>()
        .Refuses([HttpProblems.WrongTenantKind, RepaymentProblems.ControlMismatch, RepaymentProblems.NotFound, RepaymentProblems.AmountDiffers, .. Confirm.Refusals])
        .WithMetadata(new RequestSizeLimitAttribute(JsonBody.MaxBatchBytes));

    private static async Task<Answer<RepaymentBatchResult>> HandleAsync(RepaymentBatch batch, Work work, Validation validation, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        if (batch.Count != batch.Items.Count || batch.Items.Any(item => item.Amount.Currency != batch.Total.Currency) || batch.Items.Sum(item => item.Amount.Amount) != batch.Total.Amount)
        {
            throw RepaymentProblems.ControlMismatch.Refuse();
        }

        // By their ids, whatever the order of the file: two such files at once would otherwise wait for each other's accounts.
        var answers = new RepaymentBatchAnswer[batch.Items.Count];
        foreach (var (index, item) in batch.Items.Index().OrderBy(pair => pair.Item.RepaymentId))
        {
            try
            {
                var confirmation = new RepaymentConfirmation(item.AcceptOverpayment, item.BankReference, item.SameAs);
                await validation.CheckAsync(confirmation, cancellation);
                await Confirm.ConfirmAsync(work, item.RepaymentId, confirmation, item.Amount.Amount, cancellation);
                answers[index] = new RepaymentBatchAnswer(index, StatusCodes.Status201Created, item.RepaymentId, null);
            }
            catch (ProblemException refusal)
            {
                answers[index] = new RepaymentBatchAnswer(index, refusal.Problem.Status, item.RepaymentId, ContactRecords.ItemProblem.Of(refusal));
            }
        }

        return Answer.Ok(new RepaymentBatchResult(answers));
    }
}

/// <summary>Repayments to confirm together.</summary>
/// <param name="Count">How many items there are.</param>
/// <param name="Total">What their amounts add up to.</param>
/// <param name="Items">1 to 1,000 of them, of one currency.</param>
public sealed record RepaymentBatch(int Count, Money Total, IReadOnlyList<RepaymentBatchItem> Items)
{
    private const int MaxItems = 1000;

    private sealed class Rules : AbstractValidator<RepaymentBatch>
    {
        public Rules()
        {
            RuleFor(b => b.Total).MustBePositiveMoney();
            RuleFor(b => b.Items).NotEmpty();
            RuleFor(b => b.Items.Count).LessThanOrEqualTo(MaxItems).OverridePropertyName(nameof(Items));
            RuleForEach(b => b.Items).NotNull().ChildRules(item => item.RuleFor(i => i.Amount).MustBePositiveMoney());
        }
    }
}

/// <summary>A repayment to confirm.</summary>
/// <param name="RepaymentId">The repayment.</param>
/// <param name="Amount">What the bank received; the amount that was reported.</param>
/// <param name="AcceptOverpayment">Take more than is owed.</param>
/// <param name="BankReference">The bank's own number of the payment; up to 64 characters.</param>
/// <param name="SameAs">The direct payment that the money was booked as.</param>
public sealed record RepaymentBatchItem(Id RepaymentId, Money Amount, bool AcceptOverpayment = false, string? BankReference = null, Id? SameAs = null);

/// <summary>What became of each repayment.</summary>
/// <param name="Items">An answer an item, in their order.</param>
public sealed record RepaymentBatchResult(IReadOnlyList<RepaymentBatchAnswer> Items);

/// <summary>What became of one repayment.</summary>
/// <param name="Index">Which item, counted from 0.</param>
/// <param name="Status">The status that it would have got alone: 201 when it is confirmed.</param>
/// <param name="RepaymentId">The repayment.</param>
/// <param name="Problem">Why it is not confirmed.</param>
public sealed record RepaymentBatchAnswer(int Index, int Status, Id RepaymentId, ContactRecords.ItemProblem? Problem);
