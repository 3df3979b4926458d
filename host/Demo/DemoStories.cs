using Agency.Host.Demo.Stories;

namespace Agency.Host.Demo;

/// <summary>Six debtors of Harbour's with swift, each with half a year to read in its timeline: some went well, some badly.</summary>
internal sealed class DemoStories(DemoDeeds deeds)
{
    private static readonly Action<Story>[] All = [KeptPromise.Tell, BrokenPromise.Tell, Disputed.Tell, RecalledAfterComplaint.Tell, Settled.Tell, InstalmentsInForce.Tell];

    // Two accounts a debtor: each story is told of the first.
    private const int FirstAccount = 302;

    public void PutInto(DemoSchedule schedule)
    {
        var stories = All.Select(_ => new Story(deeds, schedule)).ToList();
        schedule.On(0, cancellation => BeginAsync(stories, cancellation));
        foreach (var (tell, story) in All.Zip(stories))
        {
            tell(story);
        }
    }

    private async Task BeginAsync(List<Story> stories, CancellationToken cancellation)
    {
        var agreement = await deeds.MandateAsync("harbour", "swift", cancellation);
        var portfolio = await deeds.PortfolioAsync("harbour", $"{deeds.Today:yyyy-MM} 示例故事", FirstAccount, FirstAccount + (2 * stories.Count) - 1, cancellation);
        var cases = await deeds.AssignAsync("harbour", "swift", agreement, portfolio, cancellation);
        foreach (var (story, @case) in stories.Zip(cases.OrderBy(@case => @case.Account.AccountNumber, StringComparer.Ordinal).Where((_, i) => i % 2 == 0)))
        {
            story.Case = @case;
        }
    }
}
