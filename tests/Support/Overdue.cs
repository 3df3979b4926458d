using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Agency.Tests.Support;
using Xunit.v3;

[assembly: Overdue]

namespace Agency.Tests.Support;

/// <summary>Names the tests that have been running for too long: a run that hangs would else be ended without a word.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class OverdueAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly ConcurrentDictionary<IXunitTest, long> Running = [];
    private static readonly Timer Watch = new(static _ => Tell(), null, Long, Long);

    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => Running[test] = Stopwatch.GetTimestamp();

    public override void After(MethodInfo methodUnderTest, IXunitTest test) => Running.TryRemove(test, out _);

    private static void Tell()
    {
        foreach (var (test, began) in Running.Where(one => Stopwatch.GetElapsedTime(one.Value) > Long))
        {
            Console.Error.WriteLine($"Still running after {Stopwatch.GetElapsedTime(began).TotalMinutes:0} minutes: {test.TestDisplayName}");
        }

        GC.KeepAlive(Watch);
    }
}
