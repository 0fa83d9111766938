namespace IotHubDsr.Core.Foundation;

/// <summary>What a process must still have when it changes anything: the lease of the work that it does.</summary>
internal interface ISendingFence
{
    /// <summary>Returns while nobody else can have it.</summary>
    /// <exception cref="OperationCanceledException">Another process has it.</exception>
    ValueTask RequireAsync(CancellationToken cancellationToken);
}
