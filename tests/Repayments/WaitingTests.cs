using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Repayments;

/// <summary>The bank's inbox: what was reported and has no answer.</summary>
public sealed class WaitingTests
{
    [Fact]
    public async Task Only_what_was_neither_decided_on_nor_withdrawn_waits()
    {
        await using var story = await Story.AtCasesAsync();
        var (first, confirmed, rejected, withdrawn, last) = (await story.ReportAsync(100), await story.ReportAsync(200), await story.ReportAsync(300), await story.ReportAsync(400), await story.ReportAsync(500));
        await story.ConfirmAsync(confirmed);
        await story.Harbour.Repayments.RejectAsync(rejected.Id, new RejectionReason { Reason = "None came." });
        await story.Swift.Repayments.WithdrawAsync(withdrawn.Id, new RepaymentWithdrawal());

        foreach (var side in new[] { story.Harbour, story.Swift })
        {
            Assert.Equal([first.Id, last.Id], (await side.Repayments.ListPageAsync(waiting: true)).Items.Select(item => item.Id));
            Assert.Equal(5, (await side.Repayments.ListPageAsync(waiting: false)).Items.Count);
            var page = await side.Repayments.ListPageAsync(1, waiting: true);
            Assert.Equal([last.Id], (await side.Repayments.ListPageAsync(1, page.Next, waiting: true)).Items.Select(item => item.Id));
        }

        Assert.Empty((await story.Lantern.Repayments.ListPageAsync(waiting: true)).Items);
        await story.Harbour.Repayments.ReverseAsync(confirmed.Id, new RejectionReason { Reason = "It bounced." });
        Assert.DoesNotContain(confirmed.Id, (await story.Harbour.Repayments.ListPageAsync(waiting: true)).Items.Select(item => item.Id));
    }

    [Fact]
    public async Task It_goes_with_no_other_filter()
    {
        await using var story = await Story.AtCasesAsync();
        var combined = await Assert.ThrowsAsync<AgencyValidationException>(() => story.Harbour.Repayments.ListPageAsync(waiting: true, caseId: story.Case.Id));
        Assert.Equal("query.filters_combined", combined.Code);
        var following = await Assert.ThrowsAsync<AgencyValidationException>(() => story.Harbour.Repayments.ListPageAsync(waiting: true, changedAfter: "start"));
        Assert.Equal("query.changed_after_combined", following.Code);
    }
}
