using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Repayments;

/// <summary>A file of payments: its totals first, then each on its own.</summary>
public sealed class ConfirmBatchTests
{
    [Fact]
    public async Task Each_gets_the_answer_that_it_would_have_got_alone()
    {
        await using var story = await Story.AtCasesAsync();
        var (good, over, decided, other) = (await story.ReportAsync(1_000), await story.ReportAsync(200_000), await story.PayAsync(10), await story.ReportAsync(70, on: story.Cases["A-2"]));
        var foreign = Guid.CreateVersion7();

        var answer = await story.Harbour.Repayments.ConfirmBatchAsync(Batch(
            Item(good.Id, 1_000, i => i.BankReference = "B-1"), Item(over.Id, 200_000), Item(decided.Id, 10), Item(foreign, 5), Item(other.Id, 71), Item(other.Id, 70, i => i.BankReference = "B-1"),
            Item(other.Id, 70, i => i.BankReference = new string('x', 65))));

        Assert.Equal(
            [(201, null), (409, "repayment.over_balance"), (409, "repayment.is_confirmed"), (404, "repayment.not_found"), (409, "repayment.amount_differs"), (409, "repayment.reference_used"), (422, "request.invalid")],
            answer.Items.Select(item => (item.Status, item.Problem?.Code)));
        Assert.Equal((RepaymentState.Confirmed, "B-1"), ((await story.Harbour.Repayments.GetAsync(good.Id)).State, (await story.Harbour.Repayments.GetAsync(good.Id)).BankReference));
        Assert.Null((await story.Swift.Repayments.GetAsync(good.Id)).BankReference);
        Assert.Equal(RepaymentState.Reported, (await story.Harbour.Repayments.GetAsync(other.Id)).State);
        Assert.Equal((0L, 4_490L, 100_000L), await story.OwedAsync());
    }

    [Theory]
    [InlineData(1, 3_000, "CNY")]
    [InlineData(3, 3_000, "CNY")]
    [InlineData(2, 2_999, "CNY")]
    [InlineData(2, 3_000, "USD")]
    public async Task Totals_that_are_not_the_items_refuse_all(int count, long total, string currency)
    {
        await using var story = await Story.AtCasesAsync();
        var (one, two) = (await story.ReportAsync(1_000), await story.ReportAsync(2_000));
        var batch = Batch(Item(one.Id, 1_000), Item(two.Id, 2_000));
        (batch.Count, batch.Total) = (count, new Money { Amount = total, Currency = currency });

        await story.RefusesAsync(422, "repayment.control_mismatch", () => story.Harbour.Repayments.ConfirmBatchAsync(batch, CallOptions.WithKey("key")));
    }

    [Fact]
    public async Task To_the_other_bank_none_of_them_exists_and_an_agency_confirms_nothing()
    {
        await using var story = await Story.AtCasesAsync();
        var reported = await story.ReportAsync(1_000);
        var before = StoredRows.Digest(story.Service.Database);

        var answer = await story.Summit.Repayments.ConfirmBatchAsync(Batch(Item(reported.Id, 1_000)));

        Assert.Equal((404, "repayment.not_found"), (Assert.Single(answer.Items).Status, answer.Items.Single().Problem!.Code));
        Assert.Equal(before, StoredRows.Digest(story.Service.Database));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Repayments.ConfirmBatchAsync(Batch(Item(reported.Id, 1_000))));
    }

    [Fact]
    public async Task The_same_key_confirms_once()
    {
        await using var story = await Story.AtCasesAsync();
        var reported = await story.ReportAsync(1_000);

        await story.ActsOnceAsync(key => story.Harbour.Repayments.ConfirmBatchAsync(Batch(Item(reported.Id, 1_000)), CallOptions.WithKey(key)));

        Assert.Equal((0L, 4_500L, 100_000L), await story.OwedAsync());
    }

    private static RepaymentBatch Batch(params RepaymentBatchItem[] items) =>
        new() { Count = items.Length, Total = Story.Cny(items.Sum(item => item.Amount.Amount)), Items = items };

    private static RepaymentBatchItem Item(Guid id, long amount, Action<RepaymentBatchItem>? with = null)
    {
        var item = new RepaymentBatchItem { RepaymentId = id, Amount = Story.Cny(amount) };
        with?.Invoke(item);
        return item;
    }
}
