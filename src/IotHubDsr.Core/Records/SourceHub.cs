namespace IotHubDsr.Core.Records;

/// <summary>Which hub a record says that it comes from, as far as it does.</summary>
internal struct SourceHub
{
    private bool _isThis;
    private bool _isAnother;

    /// <summary>Whether it names this hub.</summary>
    public readonly bool IsThis => _isThis;

    /// <summary>Whether it names another hub, and nothing else.</summary>
    public readonly bool IsAnother => _isAnother && !_isThis;

    /// <summary>Whether it says that it comes from another hub, and also that it comes from this one.</summary>
    public readonly bool IsBoth => _isAnother && _isThis;

    /// <param name="isAnother">Whether a name in the record is another hub's; null when it is of no hub.</param>
    public void Add(bool? isAnother)
    {
        _isAnother |= isAnother == true;
        _isThis |= isAnother == false;
    }
}
