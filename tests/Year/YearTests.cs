using Agency.Api.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Tests.Year;

/// <summary>
/// Two hundred accounts through a random year of work by a bank and two agencies, against a plain model of domain.md. A failure names the
/// seed, the day and the deed, by which it can be played again.
/// </summary>
public sealed class YearTests
{
    private const int Days = 365;
    private const int DeedsADay = 9;

    [Fact]
    public Task A_year_of_work_leaves_what_the_model_says() => PlayAsync(20260302);

    /// <summary>Minutes long: asked for by name.</summary>
    [Theory(Explicit = true)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public Task Other_years_do_too(int seed) => PlayAsync(seed);

    private static async Task PlayAsync(int seed)
    {
        await using var world = await YearWorld.MakeAsync();
        var (player, comparison) = (new YearPlayer(world, seed), new YearComparison(world));
        for (var day = 1; day <= Days; day++)
        {
            await world.NextDayAsync();
            await player.PlayAsync(DeedsADay);
            if (day % 30 == 0 || day == Days)
            {
                foreach (var follower in world.Followers)
                {
                    await follower.ReadAsync();
                }

                await world.Story.Service.Services.GetRequiredService<WebhookWorker>().RunAsync(CancellationToken.None);
                await comparison.CompareAsync();
                world.Followers.ForEach(follower => follower.Compare());
                world.Followers.ForEach(follower => follower.CompareDeliveries());
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join('\n', player.Deeds.Select(deed => $"{deed.Key}: {deed.Value.Done} done, {deed.Value.Refused} refused")));

        // A deed that was only ever done, or only ever refused, was not compared in what it does.
        Assert.Empty(player.OneSided);
    }
}
