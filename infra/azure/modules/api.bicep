// The same registration (by its unique name) once its own id is known: the API that the tab asks for tokens, with Teams as a client that needs
// no consent of its own.
extension microsoftGraphV1

param uniqueName string
param appIdUri string

var scopeId = guid(uniqueName, 'access_as_user')

resource application 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: uniqueName
  displayName: 'Rapport'
  signInAudience: 'AzureADMyOrg'
  identifierUris: [appIdUri]
  api: {
    requestedAccessTokenVersion: 2
    oauth2PermissionScopes: [
      {
        id: scopeId
        value: 'access_as_user'
        type: 'User'
        isEnabled: true
        adminConsentDisplayName: 'Open Rapport as the person signed in'
        adminConsentDescription: 'Lets Teams open the tab of Rapport as the person signed in to it.'
        userConsentDisplayName: 'Open Rapport as you'
        userConsentDescription: 'Lets Teams open the tab of Rapport as you.'
      }
    ]
    preAuthorizedApplications: [
      {
        // Teams on desktops and phones
        appId: '1fec8e78-bce4-4aaf-ab1b-5451cc387264'
        delegatedPermissionIds: [scopeId]
      }
      {
        // Teams in the browser
        appId: '5e3ce6c0-2b1f-4285-8d4b-75ee78787346'
        delegatedPermissionIds: [scopeId]
      }
    ]
  }
}
