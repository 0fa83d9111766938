using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace IotHubDsr.Sandbox.Messaging.Amqp;

/// <summary>The tokens of a connection and the links that depend on them: a link ends with the last token that allows it.</summary>
internal sealed class ConnectionClaims : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MessagingAuthorizer _authorizer;
    private readonly Dictionary<string, TokenClaim> _claims = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Guarded> _links = [];
    private readonly ITimer _timer;

    public ConnectionClaims(MessagingAuthorizer authorizer)
    {
        _authorizer = authorizer;
        _timer = authorizer.CreateTimer(CloseExpired);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>A later token for the same audience takes the place of the earlier one.</summary>
    public void Add(string audience, TokenClaim claim)
    {
        lock (_lock)
        {
            _claims[audience] = claim;
            Schedule();
        }
    }

    public void Require(MessagingNamespace owner, AmqpLink link, string entity, MessagingRight right)
    {
        lock (_lock)
        {
            if (!Allows(owner, entity, right))
                throw MessagingErrors.Unauthorized(owner, entity, right);

            var guarded = new Guarded(owner, link, entity, right);
            _links.Add(guarded);
            link.SafeAddClosed((_, _) => Forget(guarded));
        }
    }

    /// <summary>For a node whose requests need different rights: asked for each of them.</summary>
    public void Require(MessagingNamespace owner, string entity, MessagingRight right)
    {
        lock (_lock)
        {
            if (!Allows(owner, entity, right))
                throw MessagingErrors.Unauthorized(owner, entity, right);
        }
    }

    private bool Allows(MessagingNamespace owner, string entity, MessagingRight right) =>
        _claims.Values.Any(claim => claim.Expires > _authorizer.Now && _authorizer.Allows(owner, claim, entity, right));

    private void Forget(Guarded guarded)
    {
        lock (_lock)
            _links.Remove(guarded);
    }

    private void Schedule()
    {
        if (_claims.Count == 0)
            return;

        TimeSpan next = _claims.Values.Min(claim => claim.Expires) - _authorizer.Now;
        // A timer takes no more than some weeks, and must not ring before the token has ended.
        TimeSpan wait = next < TimeSpan.FromDays(1) ? next + TimeSpan.FromMilliseconds(20) : TimeSpan.FromDays(1);
        _timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait, Timeout.InfiniteTimeSpan);
    }

    private void CloseExpired()
    {
        List<Guarded> ended;
        lock (_lock)
        {
            foreach (string audience in _claims.Where(pair => pair.Value.Expires <= _authorizer.Now).Select(pair => pair.Key).ToList())
                _claims.Remove(audience);

            ended = [.. _links.Where(link => !Allows(link.Owner, link.Entity, link.Right))];
            Schedule();
        }

        foreach (Guarded guarded in ended)
        {
            string text = $"ExpiredToken: The token is expired. Resource: 'sb://{guarded.Owner.HostName}/{guarded.Entity}'.";
            guarded.Link.SafeClose(new AmqpException(new Error { Condition = AmqpErrorCode.UnauthorizedAccess, Description = text }));
        }
    }

    private sealed record Guarded(MessagingNamespace Owner, AmqpLink Link, string Entity, MessagingRight Right);
}
