using Agency.Api.Cases;
using Agency.Api.Data;
using Agency.Api.Worklist;
using Agency.Tests.Support;

namespace Agency.Tests.Worklist;

/// <summary>The order of the worklist as a table. Unless a row says otherwise it is 2 March 10:00 in Shanghai, and all else about the case is unremarkable.</summary>
public sealed class RankingTests
{
    private static readonly DateTimeOffset Now = TestDatabase.Start;
    private static readonly DateOnly Today = new(2026, 3, 2);

    // Called the day before, 45 days past due (of cycle M2, which lasts to 60), 1000.00 in all.
    private static readonly WorklistKey Plain = new(1, IdOf(1), Today.AddDays(-45), 100_000, Now.AddDays(-1), CaseOrder.NoDay, "Asia/Shanghai", false, false);

    public static TheoryData<string, string> Reasons => new(
        ("nothing remarkable", "balance"),
        ("a promise of tomorrow", "balance"),
        ("a promise of today", "promise_due"),
        ("a promise of last week", "promise_due"),
        ("a promise of today, tomorrow elsewhere", "promise_due"),
        ("a promise of tomorrow, today elsewhere", "balance"),
        ("a promise of today, called just now", "worked_today"),
        ("a promise of today, called two hours ago", "promise_due"),
        ("a promise of today and a callback", "promise_due"),
        ("a callback", "callback"),
        ("a callback of just now", "worked_today"),
        ("a callback of two hours ago", "callback"),
        ("a callback of ten days ago", "callback"),
        ("called just now", "worked_today"),
        ("called at the debtor's midnight", "worked_today"),
        ("called before the debtor's midnight", "balance"),
        ("called six days ago", "balance"),
        ("called seven days ago", "silence"),
        ("never called", "silence"),
        ("four days to the next cycle", "balance"),
        ("three days to the next cycle", "days_past_due"),
        ("one day to the next cycle", "days_past_due"),
        ("the first day of a cycle", "balance"),
        ("not due before tomorrow", "days_past_due"),
        ("the last cycle", "balance"),
        ("one day to the next cycle, called today", "worked_today"),
        ("one day to the next cycle, never called", "silence"),
        ("held", "held"),
        ("held, with a promise of today", "held"),
        ("held, called today", "held"));

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Each_case_has_its_place_for_one_reason(string what, string reason) => Assert.Equal(reason, Api.Http.Words.Of(Ranking.Of(Case(what), Now).Reason));

    [Fact]
    public void The_reasons_come_in_their_order_and_within_each_what_waits_longest_or_owes_most()
    {
        WorklistKey[] inOrder =
        [
            Plain with { NextPromiseOn = Today.AddDays(-2), Balance = 1 },
            Plain with { NextPromiseOn = Today, Balance = 3 },
            Plain with { NextPromiseOn = Today, Balance = 2 },
            Plain with { AsksCallback = true, LastContactAt = Now.AddDays(-3), Balance = 1 },
            Plain with { AsksCallback = true, LastContactAt = Now.AddHours(-3), Balance = 2 },
            Plain with { LastContactAt = CaseOrder.Never, Balance = 9 },
            Plain with { LastContactAt = CaseOrder.Never, Balance = 1 },
            Plain with { LastContactAt = Now.AddDays(-9), Balance = 1 },

            // Of one day: how late on it does not count.
            Plain with { LastContactAt = Now.AddDays(-8).AddMinutes(5), Balance = 8 },
            Plain with { LastContactAt = Now.AddDays(-8), Balance = 7 },
            Plain with { OldestDueDate = Today.AddDays(-60), Balance = 1 },
            Plain with { OldestDueDate = Today.AddDays(-58), Balance = 3 },
            Plain with { OldestDueDate = Today.AddDays(-88), Balance = 2 },
            Plain with { Balance = 2 },
            Plain with { Balance = 1 },
            Plain with { Balance = 1, CaseId = IdOf(2) },
            Plain with { LastContactAt = Now.AddHours(-1), Balance = 1 },
            Plain with { LastContactAt = Now, Balance = 2 },
            Plain with { IsHeld = true, Balance = 2 },
            Plain with { IsHeld = true, Balance = 1, NextPromiseOn = Today },
        ];
        var places = inOrder.Select(key => Ranking.Of(key, Now)).ToList();
        Assert.Equal(places, Enumerable.Reverse(places).Order(WorklistPlace.Order));
        Assert.Equal(places.Count, places.Distinct().Count());
    }

    [Fact]
    public void A_place_survives_its_cursor_and_no_other_bytes_are_one()
    {
        foreach (var key in new[] { Plain, Plain with { LastContactAt = CaseOrder.Never }, Plain with { NextPromiseOn = Today }, Plain with { IsHeld = true, Balance = -5 } })
        {
            var place = Ranking.Of(key, Now);
            Assert.Equal(place, WorklistPlace.Read(place.Write()));
            Assert.Null(WorklistPlace.Read(place.Write()[1..]));
        }
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(0, 1)]
    [InlineData(1, 30)]
    [InlineData(30, 1)]
    [InlineData(31, 30)]
    [InlineData(180, 1)]
    [InlineData(181, null)]
    public void Days_to_the_next_cycle_end_where_the_cycle_changes(int daysPastDue, int? left)
    {
        Assert.Equal(left, (Plain with { OldestDueDate = Today.AddDays(-daysPastDue) }).DaysToNextCycle(Now));
        if (left is { } days)
        {
            Assert.NotEqual(CycleIn(days - 1), CycleIn(days));
            Assert.Equal(CycleIn(0), CycleIn(days - 1));
        }

        string CycleIn(int later) => Api.Accounts.DaysPastDue.Cycle(Math.Max(0, daysPastDue + later));
    }

    private static WorklistKey Case(string what) => what switch
    {
        "nothing remarkable" => Plain,
        "a promise of tomorrow" => Plain with { NextPromiseOn = Today.AddDays(1) },
        "a promise of today" => Plain with { NextPromiseOn = Today },
        "a promise of last week" => Plain with { NextPromiseOn = Today.AddDays(-7) },
        "a promise of today, tomorrow elsewhere" => Plain with { NextPromiseOn = Today.AddDays(-1), TimeZone = "America/New_York" },
        "a promise of tomorrow, today elsewhere" => Plain with { NextPromiseOn = Today, TimeZone = "America/New_York" },
        "a promise of today, called just now" => Plain with { NextPromiseOn = Today, LastContactAt = Now },
        "a promise of today, called two hours ago" => Plain with { NextPromiseOn = Today, LastContactAt = Now.AddHours(-2) },
        "a promise of today and a callback" => Plain with { NextPromiseOn = Today, AsksCallback = true },
        "a callback" => Plain with { AsksCallback = true },
        "a callback of just now" => Plain with { AsksCallback = true, LastContactAt = Now },
        "a callback of two hours ago" => Plain with { AsksCallback = true, LastContactAt = Now.AddHours(-2) },
        "a callback of ten days ago" => Plain with { AsksCallback = true, LastContactAt = Now.AddDays(-10) },
        "called just now" => Plain with { LastContactAt = Now },
        "called at the debtor's midnight" => Plain with { LastContactAt = Now.AddHours(-10) },
        "called before the debtor's midnight" => Plain with { LastContactAt = Now.AddHours(-10).AddMilliseconds(-1) },
        "called six days ago" => Plain with { LastContactAt = Now.AddDays(-6) },
        "called seven days ago" => Plain with { LastContactAt = Now.AddDays(-7) },
        "never called" => Plain with { LastContactAt = CaseOrder.Never },
        "four days to the next cycle" => Plain with { OldestDueDate = Today.AddDays(-57) },
        "three days to the next cycle" => Plain with { OldestDueDate = Today.AddDays(-58) },
        "one day to the next cycle" => Plain with { OldestDueDate = Today.AddDays(-60) },
        "the first day of a cycle" => Plain with { OldestDueDate = Today.AddDays(-61) },
        "not due before tomorrow" => Plain with { OldestDueDate = Today.AddDays(1) },
        "the last cycle" => Plain with { OldestDueDate = Today.AddDays(-210) },
        "one day to the next cycle, called today" => Plain with { OldestDueDate = Today.AddDays(-60), LastContactAt = Now.AddHours(-9) },
        "one day to the next cycle, never called" => Plain with { OldestDueDate = Today.AddDays(-60), LastContactAt = CaseOrder.Never },
        "held" => Plain with { IsHeld = true },
        "held, with a promise of today" => Plain with { IsHeld = true, NextPromiseOn = Today },
        "held, called today" => Plain with { IsHeld = true, LastContactAt = Now },
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    private static Id IdOf(byte last) => Id.FromBytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
}
