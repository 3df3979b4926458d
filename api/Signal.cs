using System.Threading.Channels;

namespace Agency.Api;

/// <summary>Wakes a worker in the background. Losing a signal delays the work until the worker looks by itself, no more.</summary>
public abstract class Signal
{
    private readonly Channel<bool> channel = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public Task RaiseAsync() => channel.Writer.WriteAsync(true).AsTask();

    /// <summary>Waits for a signal, or until it is time to look without one. True when there was one.</summary>
    public async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(atMost);
        try
        {
            return await channel.Reader.ReadAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
