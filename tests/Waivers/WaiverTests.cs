using Agency.Sdk;
using Agency.Tests.Support;

namespace Agency.Tests.Waivers;

/// <summary>A bank forgives a part of a debt of its own accord, and takes it back.</summary>
public sealed class WaiverTests
{
    [Fact]
    public async Task The_balance_is_lower_at_once_and_the_agency_reads_of_it_in_the_ledger_alone()
    {
        await using var story = await Story.AtCasesAsync();

        var granted = await story.ForgiveAsync(1_000, interest: 5_000, fees: 200);

        Assert.Equal((6_200L, WaiverState.Granted, story.Today, "Goodwill", "A-1"), (granted.Total.Amount, granted.State, granted.EffectiveOn, granted.Reason, granted.AccountNumber));
        Assert.Equal((300L, 0L, 99_000L), await story.OwedAsync());
        Assert.Equal(99_300, (await story.Swift.Cases.GetAsync(story.Case.Id)).Account.Balance.Total.Amount);
        var seen = (await story.Swift.Accounts.ListLedgerEntriesPageAsync(story.Case.Account.Id)).Items.Where(entry => entry.Kind == LedgerKind.Waiver).ToList();
        Assert.Equal(3, seen.Count);
        Assert.All(seen, entry => Assert.Equal((LedgerCause.Waiver, granted.Id, story.Today), (entry.CauseKind, entry.CauseId, entry.EffectiveOn)));
        Assert.Equal(granted.Id, Assert.Single((await story.Harbour.Waivers.ListPageAsync()).Items).Id);
        Assert.Equal(granted.Id, Assert.Single((await story.Harbour.Waivers.ListOfAccountPageAsync(story.Case.Account.Id)).Items).Id);
        Assert.Empty((await story.Harbour.Waivers.ListOfAccountPageAsync(story.Cases["A-2"].Account.Id)).Items);
        Assert.Contains((await story.Harbour.Events.ListPageAsync(1000)).Items, e => e.Type == "waiver.granted" && e.Subject.Id == granted.Id);
        Assert.DoesNotContain((await story.Swift.Events.ListPageAsync(1000)).Items, e => e.Type == "waiver.granted");
    }

    [Fact]
    public async Task Nothing_left_closes_the_case_and_principal_forgiven_is_not_paid_in_full()
    {
        await using var story = await Story.AtCasesAsync();
        await story.PayAsync(100_000);
        await story.ForgiveAsync(5_500);

        var settled = await story.AccountAsync();
        Assert.Equal((AccountState.Resolved, Resolution.SettledInFull), (settled.State, settled.Resolution));
        Assert.Equal(CaseState.Closed, (await story.Harbour.Cases.GetAsync(story.Case.Id)).State);

        // A fee that is let go leaves a debtor who paid all the rest.
        var second = story.Cases["A-2"];
        await story.ForgiveAsync(0, fees: 500, account: second.Account.Id);
        await story.ConfirmAsync(await story.ReportAsync(second.Account.Balance.Total.Amount - 500, on: second));
        Assert.Equal(Resolution.PaidInFull, (await story.AccountAsync(second.Account.Id)).Resolution);
    }

    [Fact]
    public async Task What_is_taken_back_is_owed_again_and_money_that_was_too_much_comes_off_it()
    {
        await using var story = await Story.AtCasesAsync();
        var granted = await story.ForgiveAsync(100_000);
        await story.PayAsync(6_000, acceptOverpayment: true);
        Assert.Equal(AccountState.Resolved, (await story.AccountAsync()).State);

        var reversed = await story.Harbour.Waivers.ReverseAsync(granted.Id, Deeds.Because);

        Assert.Equal((WaiverState.Reversed, Deeds.Because.Reason), (reversed.State, reversed.ReversalReason));
        Assert.NotNull(reversed.ReversedAt);
        Assert.Equal((0L, 0L, 99_500L), await story.OwedAsync());
        Assert.Equal(AccountState.Eligible, (await story.AccountAsync()).State);
        await story.RefusesAsync(409, "waiver.is_reversed", () => story.Harbour.Waivers.ReverseAsync(granted.Id, Deeds.Because));
    }

    [Fact]
    public async Task It_counts_from_its_day_whatever_day_the_bank_s_file_is_of()
    {
        await using var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(3));
        var granted = await story.ForgiveAsync(0, interest: 4_000);

        // Figures of before: what they say of the interest is less than was forgiven.
        await story.RefreshAsync(story.Figures(90_000, 1_000, 0), story.Today.AddDays(-1));
        Assert.Equal((0L, 0L, 90_000L), await story.OwedAsync());
        await story.RefreshAsync(story.Figures(90_000, 9_000, 0), story.Today.AddDays(-1));
        Assert.Equal((0L, 5_000L, 90_000L), await story.OwedAsync());

        // Figures of the day have it in them, and taking it back is theirs to say.
        await story.RefreshAsync(story.Figures(80_000, 9_000, 0), story.Today);
        Assert.Equal((0L, 9_000L, 80_000L), await story.OwedAsync());
        await story.Harbour.Waivers.ReverseAsync(granted.Id, Deeds.Because);
        Assert.Equal((0L, 9_000L, 80_000L), await story.OwedAsync());

        // After them the next one counts from tomorrow.
        Assert.Equal(story.Today.AddDays(1), (await story.ForgiveAsync(0, interest: 1_000)).EffectiveOn);
        Assert.Equal((0L, 8_000L, 80_000L), await story.OwedAsync());
    }

    [Fact]
    public async Task One_that_is_taken_back_leaves_room_for_another_that_the_figures_left_nothing()
    {
        await using var story = await Story.AtCasesAsync();
        story.Service.Clock.Advance(TimeSpan.FromDays(3));
        var first = await story.ForgiveAsync(0, interest: 2_000);
        await story.ForgiveAsync(0, interest: 2_000);
        await story.RefreshAsync(story.Figures(90_000, 3_000, 0), story.Today.AddDays(-1));
        Assert.Equal((0L, 0L, 90_000L), await story.OwedAsync());

        await story.Harbour.Waivers.ReverseAsync(first.Id, Deeds.Because);

        Assert.Equal((0L, 1_000L, 90_000L), await story.OwedAsync());
    }

    [Fact]
    public async Task To_others_it_does_not_exist_and_the_approver_alone_grants()
    {
        await using var story = await Story.AtCasesAsync();
        var granted = await story.ForgiveAsync(100);
        var waiver = new NewWaiver { Principal = Story.Cny(1), Reason = "Goodwill" };

        await story.HidesAsync("account.not_found", story.Case.Account.Id, id => story.Summit.Waivers.CreateAsync(id, waiver));
        await story.HidesAsync("account.not_found", story.Case.Account.Id, id => story.Summit.Waivers.ListOfAccountPageAsync(id));
        await story.HidesAsync("waiver.not_found", granted.Id, id => story.Summit.Waivers.GetAsync(id));
        await story.HidesAsync("waiver.not_found", granted.Id, id => story.Summit.Waivers.ReverseAsync(id, Deeds.Because));
        Assert.Empty((await story.Summit.Waivers.ListPageAsync()).Items);
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Waivers.CreateAsync(story.Case.Account.Id, waiver));
        await story.RefusesAsync(403, "auth.missing_scope", () => story.Swift.Waivers.GetAsync(granted.Id));
    }

    [Fact]
    public async Task The_same_key_forgives_once_and_takes_back_once()
    {
        await using var story = await Story.AtCasesAsync();
        var granted = await story.ActsOnceAsync(key => story.ForgiveAsync(100, key: key));
        await story.ActsOnceAsync(key => story.Harbour.Waivers.ReverseAsync(granted.Id, Deeds.Because, CallOptions.WithKey(key)));
    }

    [Fact]
    public async Task A_refusal_leaves_no_trace()
    {
        await using var story = await Story.AtCasesAsync();
        var account = story.Case.Account.Id;

        await story.RefusesAsync(409, "waiver.over_balance", () => story.ForgiveAsync(0, fees: 501));
        await story.RefusesAsync(422, "waiver.in_future", () => story.ForgiveAsync(1, on: story.Today.AddDays(2)));
        await story.RefusesAsync(422, "waiver.in_figures", () => story.ForgiveAsync(1, on: story.Today.AddDays(-1)));
        await story.RefusesAsync(422, "request.invalid", () => story.ForgiveAsync(-1));
        await story.RefusesAsync(422, "waiver.wrong_currency", () => story.Harbour.Waivers.CreateAsync(account, new NewWaiver { Fees = new Money { Amount = 1, Currency = "USD" }, Reason = "Goodwill" }));
        var empty = await story.RefusesAsync(422, "request.invalid", () => story.Harbour.Waivers.CreateAsync(account, new NewWaiver { Reason = "" }));
        Assert.Equal(["/principal", "/reason"], empty.Errors!.Select(error => error.Pointer).Order(StringComparer.Ordinal));
        await story.PayAsync(105_500);
        await story.RefusesAsync(409, "waiver.account_resolved", () => story.ForgiveAsync(1));
    }

    [Fact]
    public async Task The_reason_is_unreadable_at_rest_and_the_day_s_figures_tell_of_it()
    {
        await using var story = await Story.AtCasesAsync();
        await story.Harbour.Waivers.ReverseAsync((await story.ForgiveAsync(700)).Id, Deeds.Because);
        await story.ForgiveAsync(300, fees: 100);

        using (var raw = story.Service.Database.OpenRaw())
        using (var command = raw.CreateCommand())
        {
            command.CommandText = "SELECT COUNT(*), SUM(instr(reason_cipher, CAST('Goodwill' AS BLOB)) > 0) FROM base_waiver";
            using var reader = command.ExecuteReader();
            Assert.True(reader.Read());
            Assert.Equal((2L, 0L), (reader.GetInt64(0), reader.GetInt64(1)));
        }

        var lines = (await story.Harbour.Reconciliations.GetAsync(story.Today)).Lines.Where(line => line.Figure == ReconciliationFigure.Waivers);
        Assert.Equal([("granted", 1L, 400L), ("reversed", 1L, 700L)], lines.Select(line => (line.State!, line.Count, line.Total!.Amount)));
        Assert.DoesNotContain((await story.Swift.Reconciliations.GetAsync(story.Today)).Lines, line => line.Figure == ReconciliationFigure.Waivers);
    }
}
