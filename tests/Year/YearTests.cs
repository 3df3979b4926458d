using Agency.Tests.Support;

namespace Agency.Tests.Year;

/// <summary>Two hundred accounts through a random year of work by a bank and two agencies.</summary>
public sealed class YearTests
{
    private const int Accounts = 200;

    [Theory]
    [InlineData(20260302)]
    public async Task A_year_of_work_leaves_what_the_model_says(int seed)
    {
        var (story, player, model) = await StartAsync(seed);
        await using var end = story;
        for (var day = 0; day < 365; day++)
        {
            await player.NextDayAsync();
            if (day % 10 == 0)
            {
                await player.AssignAsync();
            }

            await player.PlayAsync(8);
            if (day % 30 == 29)
            {
                await player.CompareAsync();
            }
        }

        await player.CompareAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', player.Deeds.Select(deed => $"{deed.Key}: {deed.Value.Done} done, {deed.Value.Refused} refused")));

        // A deed that was only ever refused was not compared in what it does.
        Assert.True(player.Deeds.Count(deed => deed.Value.Done > 0) >= 20, string.Join(", ", player.Deeds.Where(deed => deed.Value.Done == 0).Select(deed => deed.Key)));
        Assert.True(model.Accounts.SelectMany(account => account.Cases).Select(c => c.EndReason).Distinct(StringComparer.Ordinal).Count() >= 6);
    }

    private static async Task<(Story Story, YearPlayer Player, YearModel Model)> StartAsync(int seed)
    {
        var story = await Story.AtAccountsAsync(Accounts);
        var agreement = await story.Harbour.MandateAsync("lantern");
        var model = new YearModel { Now = story.Service.Clock.GetUtcNow() };
        foreach (var account in (await story.Harbour.Accounts.ListAsync(limit: 1000)).Items)
        {
            model.Accounts.Add(new AccountModel(account.AccountNumber, account.Balance.Fees.Amount, account.Balance.Interest.Amount, account.Balance.Principal.Amount) { Id = account.Id });
        }

        return (story, new YearPlayer(story, story.Lantern, agreement, model, new Random(seed)), model);
    }
}
