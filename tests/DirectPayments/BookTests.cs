using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.DirectPayments;

/// <summary>A debtor pays the bank itself: it counts at once, and the agency stops pressing until it knows.</summary>
public sealed class BookTests
{
    [Fact]
    public async Task The_money_counts_at_once_and_the_agency_sees_it_and_is_held()
    {
        await using var story = await Story.AtCasesAsync();

        var booked = await story.PaidDirectlyAsync(6_000, "B-1");

        Assert.Equal((6_000L, DirectPaymentState.Confirmed, story.Case.Id, "B-1"), (booked.Amount.Amount, booked.State, booked.CaseId!.Value, booked.BankReference));
        Assert.Equal((0L, 0L, 99_500L), await story.OwedAsync());
        var seen = await story.Swift.DirectPayments.GetAsync(booked.Id);
        Assert.Equal((booked.Id, null, null, null), (seen.Id, seen.BankReference, seen.AttributedCaseId, seen.AcknowledgedAt));
        Assert.Equal(booked.Id, Assert.Single((await story.Swift.DirectPayments.ListPageAsync()).Items).Id);
        Assert.Equal(booked.Id, Assert.Single((await story.Swift.DirectPayments.ListOfAccountPageAsync(story.Case.Account.Id)).Items).Id);
        Assert.All((await story.Swift.Accounts.ListLedgerEntriesPageAsync(story.Case.Account.Id)).Items.Where(entry => entry.Kind == LedgerKind.Repayment), entry =>
            Assert.Equal((LedgerCause.DirectPayment, booked.Id, story.Today), (entry.CauseKind, entry.CauseId, entry.EffectiveOn)));
        var hold = Assert.Single((await story.Swift.Holds.ListOfCasePageAsync(story.Case.Id)).Items);
        Assert.Equal((HoldKind.PaymentPending, HoldRaiser.System, null), (hold.Kind, hold.RaisedBy, hold.LiftedAt));
        Assert.Equal(RuleAnswer.Deny, (await story.Swift.ContactPermits.CheckAsync(story.Case.Id, new ContactCheck { Channel = Channel.Call })).Answer);
        Assert.Contains((await story.Swift.Events.ListPageAsync(1000)).Items, e => e.Type == "direct_payment.booked" && e.Subject.Id == booked.Id);
    }

    [Fact]
    public async Task The_whole_balance_closes_the_case_and_holds_nothing()
    {
        await using var story = await Story.AtCasesAsync();

        await story.PaidDirectlyAsync(105_500, "B-1");

        Assert.Equal((AccountState.Resolved, CaseState.Closed), ((await story.AccountAsync()).State, (await story.Harbour.Cases.GetAsync(story.Case.Id)).State));
        Assert.DoesNotContain((await story.Harbour.Holds.ListOfAccountPageAsync(story.Case.Account.Id)).Items, hold => hold.LiftedAt is null);
    }

    [Fact]
    public async Task Without_a_case_it_counts_and_concerns_nobody()
    {
        await using var story = await Story.AtCasesAsync();
        await story.RecallAsync();

        var booked = await story.PaidDirectlyAsync(100, "B-1");

        Assert.Null(booked.CaseId);
        Assert.Equal((400L, 5_000L, 100_000L), await story.OwedAsync());
        Assert.Empty((await story.Harbour.Holds.ListOfAccountPageAsync(story.Case.Account.Id)).Items);
        await story.HidesAsync("direct_payment.not_found", booked.Id, id => story.Swift.DirectPayments.GetAsync(id));
    }

    [Fact]
    public async Task To_the_other_bank_the_account_does_not_exist_and_no_agency_books()
    {
        await using var story = await Story.AtCasesAsync();
        var money = new NewDirectPayment { Amount = Story.Cny(1), PaidOn = story.Today, BankReference = "B-1" };
        var booked = await story.PaidDirectlyAsync(100, "B-0");

        await story.HidesAsync("account.not_found", story.Case.Account.Id, id => story.Summit.DirectPayments.CreateAsync(id, money));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.DirectPayments.CreateAsync(story.Case.Account.Id, money));
        foreach (var other in new[] { story.Summit, story.Lantern })
        {
            await story.HidesAsync("direct_payment.not_found", booked.Id, id => other.DirectPayments.GetAsync(id));
            Assert.Empty((await other.DirectPayments.ListPageAsync()).Items);
        }
    }

    [Fact]
    public async Task The_same_key_books_once()
    {
        await using var story = await Story.AtCasesAsync();

        await story.ActsOnceAsync(key => story.PaidDirectlyAsync(100, "B-1", key: key));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PaidDirectlyAsync(100, "B-1");

        await story.RefusesAsync(409, "repayment.over_balance", () => story.PaidDirectlyAsync(105_401, "B-2"));
        await story.RefusesAsync(422, "direct_payment.before_balance", () => story.PaidDirectlyAsync(1, "B-2", story.Today.AddDays(-1)));
        await story.RefusesAsync(422, "repayment.paid_in_future", () => story.PaidDirectlyAsync(1, "B-2", story.Today.AddDays(2)));
        await story.RefusesAsync(422, "request.invalid", () => story.PaidDirectlyAsync(0, "B-2"));
        await story.RefusesAsync(422, "request.invalid", () => story.PaidDirectlyAsync(1, ""));
        await story.RefusesAsync(422, "repayment.wrong_currency", () => story.Harbour.DirectPayments.CreateAsync(
            story.Case.Account.Id, new NewDirectPayment { Amount = new Money { Amount = 1, Currency = "USD" }, PaidOn = story.Today, BankReference = "B-2" }));
        var used = await story.RefusesAsync(409, "repayment.reference_used", () => story.PaidDirectlyAsync(1, "B-1", account: story.Cases["A-2"].Account.Id));
        Assert.Equal("direct_payment", used.Obstacle!.Kind);

        var accepted = await story.PaidDirectlyAsync(105_401, "B-2", acceptOverpayment: true);
        Assert.Equal((1L, AccountState.Resolved), (accepted.Overpaid!.Amount, (await story.AccountAsync()).State));
    }

    [Fact]
    public async Task A_reference_is_one_payment_s_until_it_is_reversed()
    {
        await using var story = await Story.AtCasesAsync();
        var repayment = await story.Harbour.Repayments.ConfirmAsync((await story.ReportAsync(100)).Id, new RepaymentConfirmation { BankReference = "B-1" });
        Assert.Equal("repayment", (await story.RefusesAsync(409, "repayment.reference_used", () => story.PaidDirectlyAsync(1, "B-1"))).Obstacle!.Kind);

        await story.ReverseAsync(repayment);

        Assert.Equal("B-1", (await story.PaidDirectlyAsync(100, "B-1", account: story.Cases["A-2"].Account.Id)).BankReference);
    }
}
