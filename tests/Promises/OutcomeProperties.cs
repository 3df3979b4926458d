using System.Globalization;
using Agency.Sdk;
using Agency.Tests.Support;
using CsCheck;

namespace Agency.Tests.Promises;

/// <summary>
/// Promises made, money reported, confirmed, rejected and taken back, and days that pass, in any order: after each the promises
/// stand where a model of a few lines says.
/// </summary>
public sealed class OutcomeProperties
{
    private const int Sequences = 18;
    private const int Grace = 3;

    private static readonly Gen<(int Deed, int Amount, int Days)[]> Steps =
        Gen.Select(Gen.Frequency((4, Gen.Const(0)), (9, Gen.Const(1)), (9, Gen.Const(2)), (1, Gen.Const(3)), (4, Gen.Const(4)), (5, Gen.Const(5)), (1, Gen.Const(6))), Gen.Int[1, 4], Gen.Int[0, 6])
            .Array[24, 44];

    [Fact]
    public async Task Promises_follow_the_model()
    {
        await using var story = await Story.AtTenantsAsync();
        await story.PlaceAsync(Csv(), termDays: 4000);
        var changes = new SortedDictionary<string, int>(StringComparer.Ordinal);

        // An account of its own for each sequence, under a fixed seed: the same every run.
        foreach (var (steps, @case) in Steps.Array[Sequences].Single(_ => true, "0N0XIzNsQ0O2").Zip(story.Cases.Values))
        {
            await FollowAsync(story, @case, steps, changes);
        }

        // A change that never came about was not compared.
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", changes.Select(change => $"{change.Key}: {change.Value}")));
        Assert.All((string[])["promise.made", "promise.superseded", "promise.cancelled", "promise.kept", "promise.partly_kept", "promise.broken", "promise.reopened"], type => Assert.Contains(type, changes.Keys));
    }

    private static async Task FollowAsync(Story story, Case @case, (int Deed, int Amount, int Days)[] steps, SortedDictionary<string, int> changes)
    {
        var model = new Model(story.Today.DayNumber);
        List<Promise> promises = [];
        List<Repayment> repayments = [];
        foreach (var (deed, amount, days) in steps)
        {
            var today = story.Today;
            switch (deed)
            {
                case 0:
                    promises.Add(await story.Swift.Promises.CreateAsync(@case.Id, new NewPromise { Amount = Story.Cny(amount + 2), DueOn = today.AddDays(days) }));
                    model.Make(today.DayNumber, amount + 2, today.AddDays(days).DayNumber);
                    break;
                case 1:
                    var paidOn = Math.Max(model.Begin, today.DayNumber - (days / 3));
                    repayments.Add(await story.ReportAsync(amount, DateOnly.FromDayNumber(paidOn), @case));
                    model.Report(paidOn, amount);
                    break;
                case 5:
                    await story.ToAsync(story.Service.Clock.GetUtcNow().AddDays(2 * days));
                    model.DayIs(story.Today.DayNumber);
                    break;
                case 6 when model.OpenPromise() is var open and >= 0:
                    await story.Swift.Promises.CancelAsync(promises[open].Id, new PromiseCancellation());
                    model.Cancel(open);
                    break;
                case 2 or 3 or 4 when model.Latest(deed) is var at and >= 0:
                    await (deed switch
                    {
                        2 => story.ConfirmAsync(repayments[at]),
                        3 => story.Harbour.Repayments.RejectAsync(repayments[at].Id, Deeds.Because),
                        _ => story.ReverseAsync(repayments[at]),
                    });
                    model.Decide(at, deed);
                    break;
                default:
                    continue;
            }

            var read = (await story.Swift.Promises.ListOfCasePageAsync(@case.Id, 1000)).Items;
            Assert.Equal(model.Lines(), read.Select(p => $"{p.State.ToString().ToLowerInvariant()} {p.Paid?.Amount}"));
            var next = story.Service.Database.Scalar($"SELECT next_promise_on FROM base_case_order WHERE case_id = x'{@case.Id:N}'");
            Assert.Equal(model.NextDay()?.ToString("O", CultureInfo.InvariantCulture) ?? "9999-12-31", next);
            foreach (var (promise, events) in promises.Zip(model.Events()))
            {
                Assert.Equal(events, story.EventsOf(promise.Id));
            }
        }

        foreach (var type in model.Events().SelectMany(events => events.Split(' ')))
        {
            changes[type] = changes.GetValueOrDefault(type) + 1;
        }
    }

    private static string Csv() => "account_number,debtor_reference,debtor_name,principal,interest,fees,oldest_due_date\n"
        + string.Concat(Enumerable.Range(1, Sequences).Select(n => string.Create(CultureInfo.InvariantCulture, $"P-{n},PD-{n},Example Debtor {n},100000,5000,500,2026-01-01\n")));

    /// <summary>One case's promises by domain.md, days as numbers; money is known by the order it was reported in.</summary>
    private sealed class Model(int begin)
    {
        private readonly List<Held> promises = [];
        private readonly List<Paid> money = [];
        private int today = begin;
        private int sequence;

        public int Begin { get; } = begin;

        public void Make(int day, long amount, int due)
        {
            var open = OpenPromise();
            if (open >= 0)
            {
                promises[open].Told.Add("promise.superseded");
            }

            promises.Add(new Held(++sequence, day, amount, due));
        }

        public void Cancel(int which)
        {
            promises[which].Cancelled = true;
            promises[which].Told.Add("promise.cancelled");
        }

        public void Report(int paidOn, long amount) => money.Add(new Paid(++sequence, paidOn, amount));

        public int Latest(int deed) => money.FindLastIndex(m => m.State == (deed == 4 ? "confirmed" : "reported"));

        public void Decide(int which, int deed)
        {
            money[which].State = deed switch { 2 => "confirmed", 3 => "rejected", _ => "reversed" };
            Settle();
        }

        public void DayIs(int day)
        {
            today = day;
            if (OpenPromise() is var open and >= 0 && promises[open].Due + Grace < today)
            {
                Settle();
            }
        }

        public int OpenPromise() => promises.FindIndex(p => StateOf(p) == "open");

        public DateOnly? NextDay() => OpenPromise() is var open and >= 0 ? DateOnly.FromDayNumber(promises[open].Due) : null;

        public IEnumerable<string> Lines() => promises.Select(p => $"{StateOf(p)} {(p.Found == "open" ? null : p.PaidThen)}");

        public IEnumerable<string> Events() => promises.Select(p => string.Join(' ', p.Told));

        private string StateOf(Held p) => p.Cancelled ? "cancelled" : p.Found != "open" ? p.Found : p == promises[^1] ? "open" : "superseded";

        // Within one case the promises follow one another, so that no money could be two promises'.
        private void Settle()
        {
            foreach (var p in promises.Where(p => !p.Cancelled))
            {
                var next = promises.Find(later => later.Made > p.Made);
                var paid = Math.Min(p.Amount, money.Where(m => m.State == "confirmed" && m.Reported > p.Made && m.On >= p.Day && m.On <= p.Due
                    && (next is null || m.On < next.Day || (m.On == next.Day && m.Reported < next.Made))).Sum(m => m.Amount));
                var waits = p.Found is "open" or "kept" && money.Exists(m => m.State == "reported" && m.Reported > p.Made && m.On <= p.Due);
                var isOver = p.Due + Grace < today && (next is null || next.Day > p.Due + Grace);
                var found = paid == p.Amount ? "kept" : !isOver || waits ? "open" : paid > 0 ? "partly_kept" : "broken";
                if (found != p.Found || (found == "partly_kept" && paid != p.PaidThen))
                {
                    p.Told.Add(found == "open" ? "promise.reopened" : $"promise.{found}");
                }

                (p.Found, p.PaidThen) = (found, paid);
            }
        }

        private sealed class Held(int made, int day, long amount, int due)
        {
            public int Made { get; } = made;

            public int Day { get; } = day;

            public long Amount { get; } = amount;

            public int Due { get; } = due;

            public bool Cancelled { get; set; }

            public string Found { get; set; } = "open";

            public long PaidThen { get; set; }

            public List<string> Told { get; } = ["promise.made"];
        }

        private sealed class Paid(int reported, int on, long amount)
        {
            public int Reported { get; } = reported;

            public int On { get; } = on;

            public long Amount { get; } = amount;

            public string State { get; set; } = "reported";
        }
    }
}
