using System.Runtime.CompilerServices;

namespace Agency.Sdk;

/// <summary>Events that follow each other, and where to go on after them.</summary>
/// <param name="Events">In the order they are to be handled. An event may come twice; its id tells.</param>
/// <param name="Position">Keep it once the events are handled: reading goes on from here, also after a restart.</param>
public sealed record EventBatch(IReadOnlyList<PublishedEvent> Events, string Position);

public partial class EventsClient
{
    private const string Beginning = "start";

    /// <summary>Reads all events there are, then waits for more, for as long as it is not cancelled.</summary>
    /// <param name="position">The position of the last batch that was handled; from the very beginning when absent.</param>
    /// <param name="subject">Only events about this kind of thing, such as <c>repayment</c>.</param>
    /// <param name="pause">How long to wait when there is nothing new; 5 seconds when absent.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="AgencyException">The API refused, or could not be reached for longer than the retries last. Go on from the last position.</exception>
    public virtual async IAsyncEnumerable<EventBatch> FollowAsync(
        string? position = null, string? subject = null, TimeSpan? pause = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var wait = pause ?? TimeSpan.FromSeconds(5);
        var from = position ?? Beginning;
        while (true)
        {
            var page = await ListPageAsync(limit: 1000, changedAfter: from, subject: subject, cancellationToken: cancellationToken).ConfigureAwait(false);
            var isNew = page.ChangedAfter is { } reached && !string.Equals(reached, from, StringComparison.Ordinal);
            from = page.ChangedAfter ?? from;
            if (page.Items.Count > 0)
            {
                yield return new EventBatch(page.Items, from);
            }

            if (!isNew)
            {
                await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
