namespace IotHubDsr;

/// <summary>
/// A question that the operation waits for: whether to do something. Whoever pulls the events answers it; until then, or until the
/// operation is cancelled, nothing of what is asked is done.
/// </summary>
/// <param name="Target">What it would be done to.</param>
/// <param name="Action">What would be done.</param>
public sealed record ConfirmationEvent(string Target, string Action) : DsrEvent
{
    /// <summary>Whether it takes a consent of its own, so that a command that suppresses its prompts asks all the same.</summary>
    public bool NeedsConsent { get; init; }

    /// <summary>
    /// Whether it is a choice between two ways, of which an answer to other questions, such as "Yes to All", says nothing.
    /// </summary>
    public bool IsChoice { get; init; }

    private readonly TaskCompletionSource<bool> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the answer.</summary>
    public Task<bool> Answered => _answer.Task;

    /// <summary>Answers; the first answer counts.</summary>
    /// <param name="isApproved">Whether it is to be done.</param>
    public void Answer(bool isApproved) => _answer.TrySetResult(isApproved);
}
