using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Repayments;

public sealed class LateTests
{
    [Fact]
    public async Task Money_paid_before_the_end_is_reported_for_a_week_after_it()
    {
        await using var story = await AtEndAsync();

        var made = await story.Swift.Repayments.CreateAsync(story.Case.Id, Money(story.Today.AddDays(-1), 999_999_999));

        Assert.Equal((RepaymentState.Reported, false), (made.State, made.OverBalance));
        Assert.Equal(made.Id, (await story.Harbour.Repayments.GetAsync(made.Id)).Id);
        story.Service.Clock.Advance(TimeSpan.FromDays(6));
        await story.Swift.Repayments.CreateAsync(story.Case.Id, Money(TestDate.AddDays(2)));

        story.Service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Swift.Repayments.CreateAsync(id, Money(TestDate)));
    }

    [Fact]
    public async Task Money_outside_the_tenure_or_in_another_currency_is_refused()
    {
        await using var story = await AtEndAsync();

        await story.RefusesAsync(422, "repayment.before_tenure", () => story.Swift.Repayments.CreateAsync(story.Case.Id, Money(TestDate.AddDays(-2))));
        story.Service.Clock.Advance(TimeSpan.FromDays(2));
        await story.RefusesAsync(422, "repayment.after_tenure", () => story.Swift.Repayments.CreateAsync(story.Case.Id, Money(TestDate.AddDays(4))));
        await story.RefusesAsync(422, "repayment.wrong_currency", () => story.Swift.Repayments.CreateAsync(
            story.Case.Id, new NewRepayment { Amount = new Money { Amount = 1, Currency = "USD" }, PaidOn = TestDate.AddDays(1) }));
        await story.HidesAsync("case.not_found", story.Case.Id, id => story.Lantern.Repayments.CreateAsync(id, Money(TestDate)));
    }

    [Fact]
    public async Task The_same_key_reports_once_also_after_the_end()
    {
        await using var story = await AtEndAsync();

        await story.ActsOnceAsync(key => story.Swift.Repayments.CreateAsync(story.Case.Id, Money(TestDate), CallOptions.WithKey(key)));
    }

    private static DateOnly TestDate => DateOnly.FromDateTime(TestDatabase.Start.UtcDateTime);

    // Worked for two days, recalled, and a day has passed.
    private static async Task<Story> AtEndAsync()
    {
        var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(2));
        await story.RecallAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(1));
        return story;
    }

    private static NewRepayment Money(DateOnly paidOn, long amount = 100) => new() { Amount = Story.Cny(amount), PaidOn = paidOn };
}
