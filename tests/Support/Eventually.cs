using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Agency.Tests.Support;

/// <summary>
/// Waits for what happens in the background. By the wall clock, since the service's own stands still: what failed there may never be tried
/// again, and then the test fails and says what it waited for.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Reads again and again until it is so; what was read last.</summary>
    public static async Task<T> ReadAsync<T>(Func<Task<T>> read, Func<T, bool> isSo, [CallerArgumentExpression(nameof(isSo))] string awaited = "")
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var now = await read();
            if (isSo(now))
            {
                return now;
            }

            Assert.True(waited.Elapsed < Longest, $"{waited.Elapsed.TotalSeconds:0} s went by without {awaited}; last it was {now}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Looks again and again until it is so.</summary>
    public static Task SeeAsync(Func<bool> isSo, [CallerArgumentExpression(nameof(isSo))] string awaited = "") =>
        ReadAsync(() => Task.FromResult(isSo()), static seen => seen, awaited);
}
