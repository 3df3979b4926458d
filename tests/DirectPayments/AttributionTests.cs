using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.DirectPayments;

/// <summary>Whose money it is that comes around the end of a case.</summary>
public sealed class AttributionTests
{
    [Fact]
    public async Task By_default_it_is_the_case_s_in_whose_tenure_it_was_paid()
    {
        await using var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(2));
        var during = story.Today;
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(2));
        var between = story.Today.AddDays(-1);
        var next = (await story.HandToAsync(story.Lantern, await story.Harbour.MandateAsync("lantern"))).Single(c => c.Account.Id == story.Case.Account.Id);
        story.Service.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(story.Case.Id, (await story.PaidDirectlyAsync(1, "B-1", during)).AttributedCaseId);
        Assert.Null((await story.PaidDirectlyAsync(1, "B-2", between)).AttributedCaseId);
        Assert.Equal(next.Id, (await story.PaidDirectlyAsync(1, "B-3", story.Today)).AttributedCaseId);

        // The agency that works the account now hears of each, and of no other agency.
        Assert.All((await story.Lantern.DirectPayments.ListPageAsync()).Items, payment => Assert.Equal((next.Id, null), (payment.CaseId, payment.AttributedCaseId)));
        Assert.Equal(3, (await story.Lantern.DirectPayments.ListPageAsync()).Items.Count);
        await story.RefusesAsync(422, "repayment.after_tenure", () => story.ReportAsync(1, story.Today));
    }

    [Fact]
    public async Task Where_it_is_agreed_it_is_the_case_s_that_reported_it_in_time()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Story.Csv(1), 30, new() { Attribution = Attribution.ReportedInWindow, LateReportDays = 5 });
        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        var booked = await story.PaidDirectlyAsync(100, "B-1");
        Assert.Null(booked.AttributedCaseId);
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(5));

        var late = await story.ConfirmAsync(await story.ReportAsync(200, story.Today));

        Assert.Equal(story.Case.Id, late.AttributedCaseId);
        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Repayments.CreateAsync(id, new NewRepayment { Amount = Story.Cny(1), PaidOn = story.Today }));
    }

    [Fact]
    public async Task One_money_is_one_case_s()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Story.Csv(1), 30, new() { Attribution = Attribution.ReportedInWindow });
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(2));
        var next = (await story.HandToAsync(story.Lantern, await story.Harbour.MandateAsync("lantern"))).Single();
        var booked = await story.PaidDirectlyAsync(100, "B-1");
        Assert.Equal(next.Id, booked.AttributedCaseId);

        var reported = await story.ConfirmAsAsync(await story.ReportAsync(100, story.Today), booked.Id);

        Assert.Equal((RepaymentState.Confirmed, null), (reported.State, reported.AttributedCaseId));
        Assert.Null((await story.Swift.Repayments.GetAsync(reported.Id)).AttributedCaseId);
        Assert.Equal(105_400, (await story.AccountAsync()).Balance.Total.Amount);
    }
}
