using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.DirectPayments;

/// <summary>The agency says that it knows; the system lifts the hold.</summary>
public sealed class AcknowledgeTests
{
    [Fact]
    public async Task The_hold_is_lifted_once_all_payments_are_known()
    {
        await using var story = await Story.AtCasesAsync();
        var (first, second) = (await story.PaidDirectlyAsync(100, "B-1"), await story.PaidDirectlyAsync(100, "B-2"));

        var known = await story.Swift.DirectPayments.AcknowledgeAsync(first.Id);
        Assert.Equal(TestDatabase.Start, known.AcknowledgedAt);
        Assert.Null(Assert.Single((await story.Swift.Holds.ListOfCasePageAsync(story.Case.Id)).Items).LiftedAt);

        await story.Swift.DirectPayments.AcknowledgeAsync(second.Id);
        Assert.NotNull(Assert.Single((await story.Swift.Holds.ListOfCasePageAsync(story.Case.Id)).Items).LiftedAt);
        Assert.NotNull((await story.Harbour.DirectPayments.GetAsync(first.Id)).AcknowledgedAt);
        await story.RefusesAsync(409, "direct_payment.is_acknowledged", () => story.Swift.DirectPayments.AcknowledgeAsync(first.Id));

        // The next one holds anew.
        await story.PaidDirectlyAsync(100, "B-3");
        Assert.Single((await story.Swift.Holds.ListOfCasePageAsync(story.Case.Id)).Items, hold => hold.LiftedAt is null);
    }

    [Fact]
    public async Task To_others_it_does_not_exist_and_no_bank_acknowledges()
    {
        await using var story = await Story.AtCasesAsync();
        var payment = await story.PaidDirectlyAsync(100, "B-1");

        await story.HidesAsync("direct_payment.not_found", payment.Id, id => story.Lantern.DirectPayments.AcknowledgeAsync(id));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Harbour.DirectPayments.AcknowledgeAsync(payment.Id));
        await story.RecallAsync();
        await story.HidesAsync("direct_payment.not_found", payment.Id, id => story.Swift.DirectPayments.AcknowledgeAsync(id));
    }

    [Fact]
    public async Task The_same_key_acknowledges_once()
    {
        await using var story = await Story.AtCasesAsync();
        var payment = await story.PaidDirectlyAsync(100, "B-1");

        await story.ActsOnceAsync(key => story.Swift.DirectPayments.AcknowledgeAsync(payment.Id, CallOptions.WithKey(key)));
    }

    [Fact]
    public async Task A_payment_that_went_back_needs_no_acknowledgement()
    {
        await using var story = await Story.AtCasesAsync();
        var payment = await story.PaidDirectlyAsync(100, "B-1");

        await story.Harbour.DirectPayments.ReverseAsync(payment.Id, Deeds.Because);

        Assert.NotNull(Assert.Single((await story.Swift.Holds.ListOfCasePageAsync(story.Case.Id)).Items).LiftedAt);
        await story.RefusesAsync(409, "direct_payment.is_reversed", () => story.Swift.DirectPayments.AcknowledgeAsync(payment.Id));
    }

    [Fact]
    public async Task With_the_case_ends_the_hold_so_that_the_account_can_be_assigned_again()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PaidDirectlyAsync(100, "B-1");

        await story.RecallAsync();

        Assert.NotNull(Assert.Single((await story.Harbour.Holds.ListOfAccountPageAsync(story.Case.Account.Id)).Items).LiftedAt);
        Assert.Contains(await story.HandToAsync(story.Lantern, await story.Harbour.MandateAsync("lantern")), c => c.Account.Id == story.Case.Account.Id);
        Assert.Empty((await story.Lantern.DirectPayments.ListPageAsync()).Items);
    }
}
